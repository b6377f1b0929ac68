// Reads a day from what people type, as a calendar date of the zone that `today` is of.

const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const DAY_MS = 86400000;

const whole = (names, word) => (word.length >= 3 ? names.findIndex((name) => name.startsWith(word)) : -1);
const text = (time) => new Date(time).toISOString().slice(0, 10);
const later = (today, days) => text(Date.parse(today) + days * DAY_MS);

function dated(year, month, day) {
  const time = Date.UTC(year, month - 1, day);
  const is = new Date(time);
  return year >= 1970 && year <= 2200 && is.getUTCMonth() === month - 1 && is.getUTCDate() === day ? text(time) : "";
}

// A day without a year is the next one there is.
function next(today, month, day) {
  const year = Number(today.slice(0, 4));
  const soon = dated(year, month, day);
  return soon && soon < today ? dated(year + 1, month, day) || "" : soon || dated(year + 1, month, day);
}

function weekday(words, today) {
  const [, way, name] = words.match(/^(?:(next|last|this) )?([a-z]+)$/) ?? [];
  const wanted = whole(DAYS, name ?? "");
  if (wanted < 0) return "";
  const ahead = (wanted - new Date(today).getUTCDay() + 7) % 7;
  if (way === "last") return later(today, ahead - 7);
  if (way !== "next") return later(today, ahead);
  // The one of the next week, which begins on a Monday.
  const toMonday = (8 - (new Date(today).getUTCDay() || 7)) % 7 || 7;
  return later(today, toMonday + ((wanted + 6) % 7));
}

export function day(typed, today) {
  const words = typed.trim().toLowerCase().replace(/[,\s]+/g, " ");
  const named = { today: 0, tomorrow: 1, yesterday: -1, "next week": 7, "in a week": 7 }[words];
  if (named !== undefined) return later(today, named);
  let found = words.match(/^(\d{4})-(\d{1,2})-(\d{1,2})$/);
  if (found) return dated(...found.slice(1).map(Number));
  found = words.match(/^in (\d{1,4}) (day|week)s?$/);
  if (found) return later(today, Number(found[1]) * (found[2] === "week" ? 7 : 1));
  found = words.match(/^(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})?$/);
  if (found) return found[3] ? dated(Number(found[3]), Number(found[2]), Number(found[1])) : next(today, Number(found[2]), Number(found[1]));
  found = words.match(/^(\d{1,2})(?:st|nd|rd|th)?\.? ([a-z]+)\.?(?: (\d{4}))?$/) ?? words.match(/^([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?(?: (\d{4}))?$/);
  if (found) {
    const [number, name] = /^\d/.test(found[1]) ? [found[1], found[2]] : [found[2], found[1]];
    const month = whole(MONTHS, name) + 1;
    if (month) return found[3] ? dated(Number(found[3]), month, Number(number)) : next(today, month, Number(number));
  }
  return weekday(words, today);
}
