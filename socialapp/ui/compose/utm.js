// UTM parameters as the server puts them in when a post is sent (domain/utm.py), by the same patterns; a test ties the
// two. Places are in UTF-16 units here, in code points there.

const encoded = (value) => {
  try {
    const hex = (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;
    return encodeURIComponent(value).replace(/[!'()*.~]/g, hex).replace(/-$/, "%2D");
  } catch {
    return ""; // Half of a pair that is one letter.
  }
};
const filled = (template, about) => template.replace(/\{([^{}]*)\}/g, (_, name) => about[name] ?? "").replace(/^ +| +$/g, "");

// What links get at one account: {words, hosts}. `about` says what the placeholders stand for.
export function linksOf(rule, about, { parameters }) {
  if (!rule?.is_on) return { words: "", hosts: [] };
  const found = parameters.map((name) => [name, encoded(filled(rule[name], about))]).filter(([, value]) => value);
  return { words: found.map(([name, value]) => `utm_${name}=${value}`).join("&"), hosts: rule.hosts };
}

const isOf = (host, hosts) => !hosts.length || hosts.some((each) => host === each || host.endsWith(`.${each}`));

// [place, words] of what is put into the links of a text, from left to right.
export function insertions(counting, { link, glued }, text, { words, hosts }) {
  if (!words) return [];
  const [isLink, isGlued] = [new RegExp(link, "u"), new RegExp(glued, "u")];
  const found = [];
  let end = 0;
  let before = "";
  for (const [piece, kind] of counting.marked(text)) {
    end += piece.length;
    const whole = kind === "link" && !isGlued.test(before) && isLink.exec(piece);
    before = piece.slice(-1);
    if (!whole || !isOf(whole.groups.host.toLowerCase(), hosts)) continue;
    const base = piece.split("#", 1)[0];
    const joint = !base.includes("?") ? "?" : /[?&]$/.test(base) ? "" : "&";
    found.push([end - piece.length + base.length, joint + words]);
  }
  return found;
}

export const putIn = (text, found) => found.reduceRight((now, [at, words]) => now.slice(0, at) + words + now.slice(at), text);

// Where a place of the text with insertions is in the text without them.
export function origin(found, place) {
  let shift = 0;
  for (const [at, words] of found) {
    if (place <= at + shift) break;
    if (place < at + shift + words.length) return at;
    shift += words.length;
  }
  return place - shift;
}

// What reads the workspace's rule: `sent` is a content as it goes out to a channel, `origin` leads back from a place in it.
export function tagger(counting, patterns, rule) {
  const links = (channel, campaign) => linksOf(rule, { network: channel.provider, channel: channel.handle, campaign: campaign.trim() }, patterns);
  const sentText = (text, to) => putIn(text, insertions(counting, patterns, text, to));
  return {
    isOn: Boolean(rule?.is_on),
    sent(content, channel, campaign) {
      const to = links(channel, campaign);
      if (!to.words) return content;
      return { ...content, text: sentText(content.text, to), parts: content.parts.map((part) => ({ ...part, text: sentText(part.text, to) })) };
    },
    origin: (text, channel, campaign, place) => origin(insertions(counting, patterns, text, links(channel, campaign)), place),
  };
}
