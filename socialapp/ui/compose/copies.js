// The unsaved text of each draft, kept in this browser until the server has it.
const PREFIX = "compose:";
const BEAT_MS = 2000;

// What the browser does not keep: private windows of some keep nothing, and others are full. Lasts as long as the page.
const memory = new Map();

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

export const keep = (key, copy) => {
  const written = JSON.stringify({ ...copy, tab: tab(), at: Date.now() });
  memory.delete(key);
  if (!safely(() => (localStorage.setItem(PREFIX + key, written), true))) memory.set(key, written);
};

export const read = (key) => safely(() => JSON.parse(memory.get(key) ?? localStorage.getItem(PREFIX + key)), null);

export const drop = (key) => {
  memory.delete(key);
  safely(() => localStorage.removeItem(PREFIX + key));
};

const keys = () => [
  ...memory.keys(),
  ...safely(() => Object.keys(localStorage), []).filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length)),
];

// Versions of a post or page that something else took the place of, until somebody fetches them back or throws them away.
const asideOf = (kind, id) => `aside-${kind}-${id}-`;
export const putAside = (kind, id, copy) => keep(`${asideOf(kind, id)}${Date.now()}`, copy);
export const asides = (kind, id) =>
  keys()
    .filter((key) => key.startsWith(asideOf(kind, id)))
    .map((key) => ({ key, ...read(key) }))
    .sort((a, b) => b.at - a.at);

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
  const found = keys()
    .filter((key) => key.startsWith(fresh))
    .map((key) => ({ key, ...read(key) }))
    .filter((copy) => copy.at && !isAlive(copy.tab));
  return found.sort((a, b) => b.at - a.at)[0] ?? null;
}
