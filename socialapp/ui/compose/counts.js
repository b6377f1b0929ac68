// Counting and checking as the server does (domain/text.py, domain/checks.py); a test ties the two.
const SEGMENTS = new Intl.Segmenter("en", { granularity: "grapheme" });
const MIB = 1024 * 1024;

export const normalised = (text) =>
  // eslint-disable-next-line no-control-regex
  text.replace(/\r\n?/g, "\n").replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g, "");

const byteLength = (text) => new TextEncoder().encode(text).length;

function* pieces(text, unit) {
  if (unit === "graphemes") {
    for (const { segment } of SEGMENTS.segment(text)) yield [segment, 1];
  } else {
    for (const point of text) yield [point, unit === "bytes" ? byteLength(point) : 1];
  }
}

export function count(text, unit) {
  let sum = 0;
  for (const [, size] of pieces(normalised(text), unit)) sum += size;
  return sum;
}

// Where in the text the part begins that is too much; the length of the text when nothing is.
export function cut(text, unit, limit) {
  let at = 0;
  let sum = 0;
  for (const [piece, size] of pieces(text, unit)) {
    sum += size;
    if (sum > limit) return at;
    at += piece.length;
  }
  return text.length;
}

export function problems(text, media, rules) {
  return [...textProblems(text, media, rules), ...numberProblems(media, rules), ...media.flatMap((m) => mediaProblems(m, rules))];
}

const problem = (code, message, field, severity = "error") => ({ code, message, field, severity });

function textProblems(text, media, { network, limit, unit }) {
  if (!normalised(text).trim() && !media.length) {
    return [problem("text_required", "Write something, or add a picture.", "text")];
  }
  const over = count(text, unit) - limit;
  if (over <= 0) return [];
  const message = `${network} takes at most ${limit} characters; this is ${over} too many. Shorten it.`;
  return [problem("text_too_long", message, "text")];
}

function numberProblems(media, rules) {
  const videos = media.filter((m) => m.kind === "video").length;
  const images = media.length - videos;
  const found = [];
  if (images > rules.images) {
    const message = `${rules.network} takes at most ${rules.images} pictures; this has ${images}. Remove ${images - rules.images}.`;
    found.push(problem("too_many_images", message, "media_ids"));
  }
  if (videos > rules.videos || (videos && images)) {
    const message = `${rules.network} takes pictures or one film, not both. Remove some.`;
    found.push(problem("media_mix", message, "media_ids"));
  }
  return found;
}

function mediaProblems(medium, rules) {
  const isVideo = medium.kind === "video";
  const what = isVideo ? "film" : "picture";
  const limit = isVideo ? rules.video_bytes : rules.image_bytes;
  const found = [];
  if (!(isVideo ? rules.video_types : rules.image_types).includes(medium.mime_type)) {
    found.push(problem("media_type", `${rules.network} does not take a ${what} of type ${medium.mime_type}.`, "media_ids"));
  }
  if (medium.size_bytes > limit) {
    const message = `The ${what} is ${(medium.size_bytes / MIB).toFixed(1)} MB and ${rules.network} takes at most ${Math.floor(limit / MIB)} MB.`;
    found.push(problem("media_too_big", message, "media_ids"));
  }
  if (!medium.alt_text) {
    const message = `A ${what} has no description; people who cannot see it will miss it.`;
    found.push(problem("alt_text_missing", message, "media_ids", "warning"));
  }
  return found;
}

const MARKED = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'])|(#[\p{L}\p{N}_]*\p{L}[\p{L}\p{N}_]*)|(@[\p{L}\p{N}_][\p{L}\p{N}_.-]*(?:@[\p{L}\p{N}.-]+)?)/gu;

// The text in parts: [words, "link" | "tag" | "mention" | ""].
export function marked(text) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(MARKED)) {
    const before = text[found.index - 1];
    if (before && /[\p{L}\p{N}_/]/u.test(before) && !found[1]) continue;
    if (found.index > at) parts.push([text.slice(at, found.index), ""]);
    parts.push([found[0], found[1] ? "link" : found[2] ? "tag" : "mention"]);
    at = found.index + found[0].length;
  }
  if (at < text.length) parts.push([text.slice(at), ""]);
  return parts;
}
