// Wall-clock times of the workspace's zone, calculated as if they were UTC: the views know no zones, the server does.
const MINUTE = 60000;
export const DAY = 24 * 60;
export const ticket = () => Math.random().toString(36).slice(2);
export const stamp = (local) => Date.parse(`${local.slice(0, 19)}Z`);
export const wall = (ms) => new Date(ms).toISOString().slice(0, 19);
export const later = (local, minutes) => wall(stamp(local) + minutes * MINUTE);

export function wallNow(zone) {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: zone || "UTC", dateStyle: "short", timeStyle: "medium" });
  return parts.format(new Date()).replace(" ", "T");
}

const words = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
export const spoken = (local) => words.format(stamp(local));

// How far a key carries a post, in minutes; 0: it carries none.
export function step(key, isMonth, isLong) {
  const across = { ArrowLeft: -DAY, ArrowRight: DAY }[key];
  if (across) return across;
  const down = { ArrowUp: -1, ArrowDown: 1 }[key] ?? 0;
  if (isMonth) return down * (isLong ? 60 : 7 * DAY);
  return down * (isLong ? 60 : 15);
}

// What is planned, with what is known newer of it: a change that was broadcast, and what this tab has moved.
export function merged(planned, changed, moved) {
  return planned.map((event) => {
    const news = changed[event.key];
    const isNewer = news && news.changed > event.changed;
    const now = isNewer ? { ...event, ...news, can_move: event.can_move && news.status === event.status } : event;
    return moved[event.key] ? { ...now, local: moved[event.key].local } : now;
  });
}
