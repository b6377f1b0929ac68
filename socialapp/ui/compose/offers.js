// Which options stand in a tab: what the networks of its channels offer, from their data alone.

const values = ({ choices }) => JSON.stringify(choices.map(([value]) => value));

// [{option, channels, isShared}], in the networks' order. What is called alike and means something else at two networks
// cannot be chosen for both at once: `isShared` is false.
export function offered(channels) {
  const found = new Map();
  for (const channel of channels) {
    for (const option of channel.can.options) {
      const known = found.get(option.key) ?? { option, channels: [], isShared: true };
      known.isShared &&= known.option.kind === option.kind && values(known.option) === values(option);
      known.channels.push(channel);
      found.set(option.key, known);
    }
  }
  return [...found.values()];
}

// What holds where nothing is chosen in this tab: `common` is what the post has for all, if there is something.
export function fallback({ option: { key }, channels }, common) {
  if (common !== undefined) return common;
  const [first, ...rest] = channels.map(({ options }) => options[key]);
  return rest.every((value) => JSON.stringify(value) === JSON.stringify(first)) ? first : undefined;
}

const isNothing = (value) => value === undefined || value === null || value === "" || (Array.isArray(value) && !value.length);

// An empty value is one of its own only where something else would hold without it.
export const saysNothing = (value, otherwise) => isNothing(value) && isNothing(otherwise);

const MINUTE = 60;
const DAY = 86_400;
const LASTING = [5 * MINUTE, 30 * MINUTE, 60 * MINUTE, 6 * 60 * MINUTE, 12 * 60 * MINUTE, DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY];

// What all polls of these channels may be.
export function pollLimits(channels) {
  const limits = channels.map(({ can }) => can.poll).filter(Boolean);
  const shortest = Math.max(0, ...limits.map((one) => one.shortest_s));
  const longest = Math.min(...limits.map((one) => one.longest_s));
  return { answers: Math.min(...limits.map((one) => one.options)), lasting: LASTING.filter((s) => s >= shortest && s <= longest) };
}

export function lastingWords(seconds) {
  const [size, noun] = seconds % DAY === 0 ? [DAY, "day"] : seconds % 3600 === 0 ? [3600, "hour"] : [MINUTE, "minute"];
  const count = Math.round(seconds / size);
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
