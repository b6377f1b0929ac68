// The unsaved text of each draft, kept in this browser until the server has it.
const PREFIX = "compose:";
const BEAT_MS = 2000;

const safely = (act, otherwise = null) => {
  try {
    return act();
  } catch {
    return otherwise; // Private windows of some browsers keep nothing.
  }
};

export const tab = () =>
  safely(() => {
    const known = sessionStorage.getItem("compose-tab");
    if (known) return known;
    const made = Math.random().toString(36).slice(2);
    sessionStorage.setItem("compose-tab", made);
    return made;
  }, "only");

export const keep = (key, copy) =>
  safely(() => localStorage.setItem(PREFIX + key, JSON.stringify({ ...copy, tab: tab(), at: Date.now() })));

export const read = (key) => safely(() => JSON.parse(localStorage.getItem(PREFIX + key)));

export const drop = (key) => safely(() => localStorage.removeItem(PREFIX + key));

// Where a version is kept that somebody else's took the place of.
export const aside = (kind) => (kind === "post" ? "aside" : `aside-${kind}`);

// Says that this tab is alive, so that another does not take its text for abandoned.
export function beat() {
  const name = `compose-beat:${tab()}`;
  const now = () => safely(() => localStorage.setItem(name, String(Date.now())));
  const gone = () => safely(() => localStorage.removeItem(name));
  now();
  const timer = setInterval(now, BEAT_MS);
  window.addEventListener("pagehide", gone);
  window.addEventListener("pageshow", now);
  return () => {
    clearInterval(timer);
    gone();
    window.removeEventListener("pagehide", gone);
    window.removeEventListener("pageshow", now);
  };
}

const isAlive = (other) =>
  other !== tab() && Date.now() - Number(safely(() => localStorage.getItem(`compose-beat:${other}`), 0) ?? 0) < 3 * BEAT_MS;

// The newest text that was never saved and that no open tab is writing; its key begins with `fresh`.
export function abandoned(fresh) {
  const found = safely(() => Object.keys(localStorage), [])
    .filter((name) => name.startsWith(PREFIX + fresh))
    .map((name) => ({ key: name.slice(PREFIX.length), ...read(name.slice(PREFIX.length)) }))
    .filter((copy) => copy.at && !isAlive(copy.tab));
  return found.sort((a, b) => b.at - a.at)[0] ?? null;
}
