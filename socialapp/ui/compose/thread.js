// The parts of a thread: what follows the first text. The first element is {text, media} of the post itself.
let count = 0;

export const blank = (text = "") => ({ key: `new-${++count}`, text, media: [] });

// Parts as React tells them apart; the server knows them by their order alone.
export const keyed = (post) => {
  const parts = (some) => some.map((part) => ({ ...blank(), ...part }));
  const variants = Object.entries(post.variants).map(([id, own]) => [id, own.parts ? { ...own, parts: parts(own.parts) } : own]);
  return { ...post, parts: parts(post.parts), variants: Object.fromEntries(variants) };
};

export const element = ({ text, media, parts }, at) => (at ? parts[at - 1] : { text, media });

// Elements are counted from 0, the first one included; only the others move, and nothing moves before the first.
export function moved(parts, at, to) {
  if (to < 1 || to > parts.length) return parts;
  const next = [...parts];
  next.splice(to - 1, 0, ...next.splice(at - 1, 1));
  return next;
}

export const removed = (parts, at) => parts.filter((_, place) => place !== at - 1);

export const edited = (parts, at, news) => parts.map((part, place) => (place === at - 1 ? { ...part, ...news } : part));

// The texts that take the place of one that was too long.
export function split(parts, at, [first, ...rest]) {
  const more = rest.map((text) => blank(text));
  if (!at) return [...more, ...parts];
  return [...edited(parts.slice(0, at), at, { text: first }), ...more, ...parts.slice(at)];
}

// "parts.2.text" is the fourth element.
export const elementOf = (field) => Number(/^parts\.(\d+)\./.exec(field)?.[1] ?? -1) + 1;
