// What differs by channel, as the server has it (domain/variants.py); a test ties the two. A post is {text, media, parts,
// options, variants, tags, campaign}; a variant holds only what differs. `tab` is ALL, or the id of a channel.
export const ALL = "all";

const differs = (variant) => Object.keys(variant).some((key) => key !== "options") || Object.keys(variant.options).length > 0;
const variantOf = (post, tab) => post.variants[tab] ?? { options: {} };

// What goes out to a channel. Of the options only those that its network takes; the channel's own come last.
export function resolved(post, { id, can, options: defaults }) {
  const { options, ...own } = variantOf(post, id);
  const chosen = { ...defaults, ...post.options, ...options };
  const taken = can.options.map(({ key }) => key).filter((key) => Object.hasOwn(chosen, key));
  const { text, media, parts } = { ...post, ...own };
  return { text, media, parts, options: Object.fromEntries(taken.map((key) => [key, chosen[key]])) };
}

// What stands in a tab: of ALL the common post, of a channel that with what differs.
export function seen(post, tab) {
  if (tab === ALL) return post;
  const { options, ...own } = variantOf(post, tab);
  return { ...post, ...own, options: { ...post.options, ...options } };
}

// Fields are `text`, `media`, `parts` and `options.<key>`.
const optionOf = (field) => (field.startsWith("options.") ? field.slice(8) : null);

export function isOwn(post, tab, field) {
  const key = optionOf(field);
  const whose = tab === ALL ? post : variantOf(post, tab);
  return Object.hasOwn(key === null ? whose : whose.options, key ?? field);
}

export const hasOwn = (post, tab) => differs(variantOf(post, tab));

function withVariant(post, tab, variant) {
  const { [tab]: _, ...others } = post.variants;
  return { ...post, variants: differs(variant) ? { ...others, [tab]: variant } : others };
}

// A function as the value is given what stands there now.
export function changed(post, tab, field, value) {
  const key = optionOf(field);
  const now = seen(post, tab);
  const next = typeof value === "function" ? value(key === null ? now[field] : now.options[key]) : value;
  const whose = tab === ALL ? post : variantOf(post, tab);
  const news = key === null ? { ...whose, [field]: next } : { ...whose, options: { ...whose.options, [key]: next } };
  return tab === ALL ? news : withVariant(post, tab, news);
}

// Of which field a problem speaks.
export const fieldOf = (place) => (place.startsWith("parts") ? "parts" : place.endsWith("media_ids") ? "media" : place);

// The field is as the common post has it again; an option of that as each channel has it.
export function inherited(post, tab, field) {
  const key = optionOf(field);
  const { [field]: _, ...whose } = tab === ALL ? post : variantOf(post, tab);
  if (key === null) return tab === ALL ? post : withVariant(post, tab, whose);
  const { [key]: __, ...options } = whose.options;
  return tab === ALL ? { ...post, options } : withVariant(post, tab, { ...whose, options });
}

// Every medium of the post through `change`: it may stand in several places.
export function withMedia(post, change) {
  const all = (media) => media && media.map(change);
  const parts = (some) => some && some.map((part) => ({ ...part, media: all(part.media) }));
  const each = (one) => ({ ...one, ...(one.media && { media: all(one.media) }), ...(one.parts && { parts: parts(one.parts) }) });
  return { ...each(post), variants: Object.fromEntries(Object.entries(post.variants).map(([id, one]) => [id, each(one)])) };
}

const idsOf = (media) => media.map(({ id }) => id);
const wiredParts = (parts) => parts.map(({ text, media }) => ({ text, media_ids: idsOf(media) }));

// As it is sent to the server.
export function wired({ text, media, parts, options, variants, tags = [], campaign = "" }) {
  return {
    text,
    tags,
    campaign,
    media_ids: idsOf(media),
    parts: wiredParts(parts),
    options,
    variants: Object.entries(variants).map(([id, own]) => ({
      channel_id: Number(id),
      ...(Object.hasOwn(own, "text") && { text: own.text }),
      ...(own.media && { media_ids: idsOf(own.media) }),
      ...(own.parts && { parts: wiredParts(own.parts) }),
      options: own.options,
    })),
  };
}

export const isSame = (one, other) => JSON.stringify(wired(one)) === JSON.stringify(wired(other));

const elements = (post) => [post, ...post.parts, ...Object.values(post.variants).flatMap((one) => [one, ...(one.parts ?? [])])];

export const isBlank = (post) => elements(post).every(({ text, media }) => !text?.trim() && !media?.length);

// All that was written, for whoever has to take it elsewhere by hand.
export const words = (post) => elements(post).map(({ text }) => text ?? "").filter((text) => text.trim()).join("\n\n");
