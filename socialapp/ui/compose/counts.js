// Counting as the server does (domain/counting.py, links.py), from the same rules (domain/patterns.py); tests tie the
// two. Places are in UTF-16 units here, in code points there.
import { encoded } from "./punycode.js";

const SEGMENTS = new Intl.Segmenter("en", { granularity: "grapheme" });

export const normalised = (text) =>
  // eslint-disable-next-line no-control-regex
  text.replace(/\r\n?/g, "\n").replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g, "");

export const points = (text) => [...text].length;
export const graphemes = (text) => Array.from(SEGMENTS.segment(text), ({ segment }) => segment);
const SIZES = { bytes: (piece) => new TextEncoder().encode(piece).length, utf16: (piece) => piece.length };

const MANY = 200;

// Networks that count alike are asked one after the other, and again when nothing was written.
function remembered(measure) {
  const known = new Map();
  return (...asked) => {
    const key = asked.join("\0");
    if (known.size > MANY) known.clear();
    if (!known.has(key)) known.set(key, measure(...asked));
    return known.get(key);
  };
}

// What reads `rules`: count, cut, refused and marked.
export function counter(rules) {
  const known = new Map();
  const compiled = (pattern) => {
    if (!known.has(pattern)) known.set(pattern, new RegExp(pattern.replaceAll("<tld>", rules.tld), "gu"));
    return known.get(pattern);
  };
  const finds = (pattern, text) => [...text.matchAll(compiled(pattern))];

  // [start, end] of what a network takes for a URL.
  function urls(text, links) {
    const lower = text.replace(/[A-Z]+/g, (word) => word.toLowerCase());
    return [...lower.matchAll(/[\t\n\r ]?[^\t\n\r ]+/g)].flatMap((word) => {
      if (!word[0].includes(".")) return [];
      const found = finds(links.url, word[0]).filter(({ groups: g }) => isHost(g.host) && length(g) <= rules.url_at_most);
      return found.flatMap((f) => spans(f, links)).map(([start, end]) => [word.index + start, word.index + end]);
    });
  }

  function spans({ index, groups: { before, url, scheme, host, path } }, links) {
    const start = index + before.length;
    if (scheme) {
      const [short] = finds(links.tco, url);
      if (!short) return [[start, start + url.length]];
      return short[1].length > rules.slug_at_most ? [] : [[start, start + short[0].length]];
    }
    // Without a scheme only ASCII parts of the host count; one at its end takes what follows, from a path on.
    if (!links.takes_bare || "-_./".includes(before || " ")) return [];
    return finds(rules.ascii_host, host).map((part) => {
      const end = part.index + part[0].length;
      return [start + part.index, start + (end === host.length && path ? url.length : end)];
    });
  }

  function isHost(host) {
    if (host.startsWith("xn--") && !finds(rules.ascii_host, host).length) return false;
    return host.split(".").every((label) => encoded(label) <= rules.label_at_most);
  }

  function length({ url, scheme, host }) {
    const inAscii = host.split(".").reduce((sum, label) => sum + encoded(label) + 1, -1);
    return points(url) - points(host) + inAscii + (scheme ? 0 : "https://".length);
  }

  // [start, end, size] of what does not count as it is written.
  function shortened(text, unit, linkLength) {
    const found = unit.links ? urls(text, unit.links).map(([start, end]) => [start, end, linkLength]) : [];
    for (const { index, 0: all, groups: { user, host } } of unit.mention ? finds(unit.mention, text) : []) {
      const end = index + all.length;
      const isOther = finds(unit.mention_end, text.slice(end, end + 3)).length;
      if (host && points(host) <= rules.host_at_most && !isOther) found.push([index, end, 1 + user.length]);
    }
    let at = 0;
    return found.sort((a, b) => a[0] - b[0]).filter(([start, end]) => start >= at && (at = end));
  }

  function plain(text, { pieces: kinds }) {
    if (!kinds.length) return graphemes(text).map((piece) => [piece.length, 1]);
    return finds(kinds.map(([pattern]) => `(${pattern})`).join("|"), text).map(([piece, ...groups]) => {
      const [, size] = kinds[groups.findIndex((group) => group !== undefined)];
      return [piece.length, SIZES[size]?.(piece) ?? size];
    });
  }

  // [length, size] of each piece that is counted as one.
  function pieces(text, unit, linkLength) {
    let at = 0;
    const found = shortened(text, unit, linkLength).flatMap(([start, end, size]) => {
      const before = plain(text.slice(at, start), unit);
      at = end;
      return [...before, [end - start, size]];
    });
    return [...found, ...plain(text.slice(at), unit)];
  }

  const formed = (text, unit) => (unit.is_composed ? text.normalize("NFC") : text);

  function count(text, name, linkLength = 23) {
    const unit = rules.units[name];
    return pieces(formed(normalised(text), unit), unit, linkLength).reduce((sum, [, size]) => sum + size, 0);
  }

  // Where in the text the part begins that is too much; the length of the text when nothing is.
  function cut(text, name, limit, linkLength = 23) {
    const unit = rules.units[name];
    const shown = formed(text, unit);
    let at = 0;
    let sum = 0;
    for (const [length, size] of pieces(shown, unit, linkLength)) {
      sum += size;
      if (sum > limit) break;
      at += length;
    }
    return shown === text ? at : unformed(text, at, unit);
  }

  // The border of graphemes that is at that place of the normal form, or before it.
  function unformed(text, at, unit) {
    let place = 0;
    let done = 0;
    for (const piece of graphemes(text)) {
      done += formed(piece, unit).length;
      if (done > at) break;
      place += piece.length;
    }
    return place;
  }

  // The first character that a network does not take, with its place.
  function refused(text, name) {
    const { refused: pattern } = rules.units[name];
    return pattern ? finds(pattern, text)[0] : undefined;
  }

  // The text in parts: [words, "link" | "tag" | "mention" | ""].
  function marked(text) {
    let at = 0;
    const parts = finds(rules.marks, text).flatMap(({ index, 0: words, groups }) => {
      const before = text.slice(at, index);
      at = index + words.length;
      return [[before, ""], [words, Object.keys(groups).find((kind) => groups[kind])]];
    });
    return [...parts, [text.slice(at), ""]].filter(([words]) => words);
  }

  return { count: remembered(count), cut: remembered(cut), refused, marked };
}
