// What the rules look at, measured as the server does (domain/checks/facts.py, media_facts.py).
import { graphemes, points } from "./counts.js";
import { fill, isText, lasting, sizes } from "./words.js";

const BLANK = /^\p{White_Space}*$/u;

const isBlank = (text) => BLANK.test(text);
const areTexts = (value) => Array.isArray(value) && value.every(isText);
const excess = (number, limit) => (limit ? Math.max(0, number - limit) : 0);

function matches(type, patterns) {
  return patterns.some((pattern) => (pattern.endsWith("*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern));
}

export function measures(counting, known) {
  const word = (name, facts = {}) => fill(known.words[name], facts);
  const types = (names) => {
    const called = names.map((name) => known.types[name] ?? name);
    return [called.slice(0, -1).join(", "), ...called.slice(-1)].filter(Boolean).join(known.words.or);
  };

  const warning = (content, can) => can.counted_options.map((key) => content.options[key]).filter(isText).join("");
  const textLimit = (part, can) => (part.media.length && can.media_text_limit) || can.text_limit;

  function ofContent(content, can) {
    const [parts, title] = [1 + content.parts.length, points(content.title)];
    return {
      kind: content.kind,
      parts,
      parts_limit: can.parts,
      parts_over: excess(parts, can.parts),
      title,
      title_limit: can.title_limit,
      title_span: [can.title_limit, title],
    };
  }

  function ofPart(content, part, at, can) {
    return {
      part: at + 1,
      where: at ? `parts.${at - 1}.` : "",
      this: word(at ? "that_part" : "this", { part: at + 1 }),
      ...textFacts(content, part, can),
      ...markFacts(part.text, can),
      ...mediaFacts(part.media, can),
      ...missing(content, part, at, can),
    };
  }

  function missing(content, part, at, can) {
    const hasText = !isBlank(part.text);
    const hasMore = part.media.length || (at === 0 && content.attachments.length);
    const takes = can.images && can.videos ? "any" : can.images ? "image" : "video";
    return {
      has_text: hasText,
      is_empty: !(hasText || hasMore || can.needs_media),
      takes_media: Boolean(can.images || can.videos),
      needs_text: can.needs_text,
      needs_media: can.needs_media,
      needed: word(`needs_${takes}`),
    };
  }

  function textFacts(content, { text, media }, can) {
    const beside = graphemes(warning(content, can)).length;
    const limit = textLimit({ media }, can);
    const count = counting.count(text, can.count, can.link_length) + beside;
    const bytes = can.byte_limit ? counting.count(text, "bytes") : 0;
    const room = limit - beside;
    const [over, bytesOver] = [excess(count, limit), excess(bytes, can.byte_limit)];
    const unit = can.count === "bytes" ? "bytes" : "characters";
    const refused = counting.refused(text, can.count);
    const from = (at) => [points(text.slice(0, at)), points(text)];
    const pieces = [1];
    if (limit && room > 0) pieces.push(Math.ceil((count - beside) / room));
    if (can.byte_limit) pieces.push(Math.ceil(bytes / can.byte_limit));
    return {
      count,
      limit,
      limit_words: word(unit + (media.length && limit !== can.text_limit ? "_beside" : ""), { limit }),
      over,
      over_span: over && from(counting.cut(text, can.count, room, can.link_length)),
      bytes,
      byte_limit: can.byte_limit,
      bytes_over: bytesOver,
      bytes_span: bytesOver && from(counting.cut(text, "bytes", can.byte_limit)),
      splits: splits(content, Math.max(...pieces), can) && (!limit || room > 0),
      refused: refused ? `U+${refused[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}` : "",
      refused_span: refused && [points(text.slice(0, refused.index)), points(text.slice(0, refused.index)) + 1],
    };
  }

  const splits = (content, pieces, can) =>
    content.kind === "post" && can.parts !== 1 && !excess(content.parts.length + pieces, can.parts);

  function markFacts(text, can) {
    const found = { link: [], tag: [], mention: [] };
    let at = 0;
    for (const [words, kind] of can.links || can.tags || can.tags_advised ? counting.marked(text) : []) {
      const end = at + points(words);
      if (kind && !(kind === "link" && found.link.some((link) => link.words === words))) found[kind].push({ words, span: [at, end] });
      at = end;
    }
    const tagsOver = excess(found.tag.length, can.tags);
    return {
      links: found.link.length,
      links_limit: can.links,
      links_over: excess(found.link.length, can.links),
      links_span: found.link[can.links]?.span,
      tags: found.tag.length,
      tags_limit: can.tags,
      tags_over: tagsOver,
      tags_span: found.tag[can.tags]?.span,
      is_over_tags: tagsOver > 0,
      tags_advised: can.tags_advised,
      advised_span: found.tag[can.tags_advised]?.span,
    };
  }

  function mediaFacts(media, can) {
    const videos = media.filter((m) => m.kind === "video").length;
    const images = media.length - videos;
    const both = can.images && can.videos;
    const mediaLimit = both && can.mixes_media ? Math.max(can.images, can.videos) : 0;
    return {
      images,
      images_limit: can.images,
      images_over: Math.max(0, images - can.images),
      videos,
      videos_limit: can.videos,
      videos_over: Math.max(0, videos - can.videos),
      is_mixed: Boolean(both && !can.mixes_media && ((images && videos) || videos > can.videos)),
      crowds_gif: can.gif_stands_alone && media.length > 1 && media.some((m) => m.kind === "gif"),
      media: media.length,
      media_limit: mediaLimit,
      media_over: excess(media.length, mediaLimit),
    };
  }

  function ofMedium(part, at, place, can) {
    const medium = part.media[place];
    const isVideo = medium.kind === "video";
    if (!(isVideo ? can.videos : can.images)) return null;
    const taken = isVideo ? can.video_types : can.image_types;
    return {
      where: at ? `parts.${at - 1}.` : "",
      it: named(part, at, place),
      is_taken: matches(medium.mime_type, taken),
      type: types([medium.mime_type]),
      types: types(taken),
      is_fitted: medium.kind === "image" && known.read_types.includes(medium.mime_type) && known.written_types.some((type) => can.image_types.includes(type)),
      ...weight(medium, can),
      ...shape(medium, can),
      ...duration(isVideo ? (medium.duration_s ?? null) : null, ...can.video_s),
      ...description(medium, can),
    };
  }

  function named(part, at, place) {
    const what = word(part.media[place].kind);
    const it = part.media.length > 1 ? word("numbered", { what, number: place + 1 }) : word("only", { what });
    return at ? word("in_part", { it, part: at + 1 }) : it;
  }

  function weight({ kind, size_bytes: bytes }, can) {
    const limit = kind === "video" ? can.video_bytes : (kind === "gif" && can.gif_bytes) || can.image_bytes;
    const [size, size_limit] = sizes(bytes, limit);
    return { bytes, bytes_limit: limit, size, size_limit };
  }

  function shape({ kind, width, height }, can) {
    const isVideo = kind === "video";
    const [least, most] = isVideo ? can.video_ratio : can.ratio;
    const limits = [
      ["pixels", width * height, can.image_pixels],
      ["side", Math.max(width, height), can.image_side],
      ["sides", width + height, can.image_sides],
    ];
    const over = isVideo ? undefined : limits.find(([, size, limit]) => limit > 0 && size > limit);
    return {
      width,
      height,
      measure: over ? word(over[0], { limit: over[2] }) : "",
      ratio: width > 0 && height > 0 ? width / height : null,
      ratio_least: least,
      ratio_most: most,
    };
  }

  function duration(lasts, least, most) {
    return {
      duration: lasts,
      duration_least: least,
      duration_most: most,
      lasts: lasting(lasts ?? 0, (lasts ?? 0) >= least, known.spans),
      lasts_least: lasting(least, true, known.spans),
      lasts_most: lasting(most, false, known.spans),
    };
  }

  function description({ kind, alt_text: words }, can) {
    const limit = kind !== "video" || can.describes_videos ? can.alt_text_limit : 0;
    return { alt_text: points(words), alt_text_limit: limit, is_undescribed: limit > 0 && isBlank(words) };
  }

  function ofAttachment({ mime_type: type, size_bytes: bytes, filename, description: words }, at, can) {
    const [size, size_limit] = sizes(bytes, can.attachment_bytes);
    return {
      where: "",
      it: word(filename ? "named" : "attachment", { number: at + 1, filename }),
      is_taken: matches(type, can.attachment_types),
      type: types([type]),
      types: types(can.attachment_types),
      bytes,
      bytes_limit: can.attachment_bytes,
      size,
      size_limit,
      is_undescribed: type.startsWith("image/") && can.alt_text_limit > 0 && isBlank(words),
    };
  }

  function ofOption(value, option) {
    const { key, kind, label, choices, at_most } = option;
    const isValid = fits(value, option);
    const length = !isValid ? 0 : kind === "text" ? points(value) : kind === "tags" ? value.length : 0;
    const offered = choices.map(([one]) => one || "nothing").join(", ");
    return {
      where: `options.${key}`,
      kind,
      label,
      is_valid: isValid,
      expected: known.expected[kind].replace("{choices}", () => offered),
      length,
      length_over: excess(length, at_most),
      length_span: [at_most, length],
      at_most,
    };
  }

  function fits(value, { kind, choices }) {
    if (kind === "choice") return choices.some(([key]) => key === value);
    if (kind === "switch") return typeof value === "boolean";
    if (kind === "language") return isText(value) && new RegExp(known.language, "u").test(value);
    if (kind === "tags") return areTexts(value);
    if (kind === "poll") return value === null || isPoll(value);
    return isText(value);
  }

  function isPoll(value) {
    if (typeof value !== "object" || Array.isArray(value) || !areTexts(value.options)) return false;
    const { options: _, expires_in_s: lasts, ...rest } = value;
    return (
      Number.isInteger(lasts) &&
      Object.entries(rest).every(([key, chosen]) => ["multiple", "hide_totals"].includes(key) && typeof chosen === "boolean")
    );
  }

  function ofPoll(content, poll, key, limits) {
    const answers = poll.options;
    return {
      where: `options.${key}`,
      answers: answers.length,
      least: 2,
      most: limits.options,
      answers_over: excess(answers.length, limits.options),
      empty: answers.findIndex(isBlank) + 1,
      longest: Math.max(0, ...answers.map((answer) => graphemes(answer).length)),
      characters: limits.option_characters,
      has_twice: new Set(answers).size < answers.length,
      media: content.media.length,
      ...duration(poll.expires_in_s, limits.shortest_s, limits.longest_s),
    };
  }

  return { warning, textLimit, ofContent, ofPart, ofMedium, ofAttachment, ofOption, ofPoll };
}
