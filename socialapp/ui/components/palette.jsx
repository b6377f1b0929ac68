import { useContext, useEffect, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { ColorModeContext } from "$/utils/context-registry";
import { ChoiceField, useChoice } from "./combobox.jsx";
import { day } from "./dates.js";
import { fit } from "./fuzzy.js";
import { tell, useShortcut } from "./shortcut.js";

const SHOWN = 40;
const OF_A_GROUP = 5;
const WORDS = 90;
const GROUPS = ["Do", "Go to", "Posts", "Pages", "Channels"];
const today = (zone) => new Intl.DateTimeFormat("en-CA", { timeZone: zone || "UTC" }).format(new Date());
const spoken = (date) => new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(date));
const short = (words) => (words.length > WORDS ? `${words.slice(0, WORDS)}…` : words);

// Each page has a palette of its own; what is open and typed when the page changes stays so.
const kept = { isOpen: false, typed: "" };

async function read(place) {
  try {
    const answer = await fetch(place, { headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).items : [];
  } catch {
    return []; // Without a network there is still all that needs none.
  }
}

function useFound(isOpen, routes) {
  const [found, setFound] = useState([]);
  useEffect(() => {
    if (!isOpen) return undefined;
    let isWanted = true;
    Promise.all([read("/api/posts?limit=30"), read("/api/pages?limit=10"), read("/api/channels")]).then(([posts, pages, channels]) => {
      if (!isWanted) return;
      setFound([
        ...posts.map((post) => ({ group: "Posts", name: short(post.text.trim()) || "A post without text", address: `${routes.compose}?post=${post.id}` })),
        ...pages.map((page) => ({ group: "Pages", name: short(page.title || page.text) || "A page without text", address: `${routes.edit_page}?page=${page.id}` })),
        ...channels.map((channel) => ({ group: "Channels", name: channel.name, more: channel.provider, address: `${routes.queue}${channel.provider}/${channel.id}/` })),
      ]);
    });
    return () => { isWanted = false; };
  }, [isOpen]);
  return found;
}

function chosen(typed, all, zone) {
  const words = typed.trim();
  if (!words) {
    return GROUPS.flatMap((group) => all.filter((one) => one.group === group).slice(0, group === "Go to" ? SHOWN : OF_A_GROUP));
  }
  const date = day(words, today(zone));
  const fits = all.map((one) => ({ one, fit: fit(words, `${one.name} ${one.more ?? ""} ${one.also ?? ""}`) })).filter((each) => each.fit > 0);
  fits.sort((a, b) => b.fit - a.fit);
  const best = fits.slice(0, SHOWN);
  // A group stands where the best of it would.
  const places = [...new Set(best.map((each) => each.one.group))];
  const sorted = places.flatMap((group) => best.filter((each) => each.one.group === group).map((each) => each.one));
  return date ? [{ group: "Day", name: spoken(date), more: "Calendar", date }, ...sorted] : sorted;
}

export function Palette({ pages, zone, routes, canWrite, canPause, isPaused, onPause, onResume }) {
  const navigate = useNavigate();
  const { setColorMode } = useContext(ColorModeContext);
  const [isOpen, setIsOpen] = useState(kept.isOpen);
  const [typed, setIsTyped] = useState(kept.typed);
  const setOpen = (now) => setIsOpen((kept.isOpen = now));
  const setTyped = (now) => setIsTyped((kept.typed = now));
  const box = useRef(null);
  const found = useFound(isOpen, routes);
  useShortcut((name) => {
    if (name !== "palette") return;
    setTyped("");
    choice.setAt(0);
    setOpen(true);
  });
  useEffect(() => {
    if (isOpen && !box.current.open) box.current.showModal();
    if (!isOpen && box.current?.open) box.current.close();
  }, [isOpen]);

  const all = useMemo(() => {
    const deeds = [
      canWrite && { name: "New post", more: "N", also: "write compose", address: routes.compose },
      canWrite && { name: "New page", also: "write", address: routes.edit_page },
      canPause && !isPaused && { name: "Pause publishing…", also: "stop hold", run: () => onPause?.() },
      canPause && isPaused && { name: "Resume publishing", also: "go on", run: () => onResume?.() },
      { name: "Light theme", also: "colour", run: () => setColorMode("light") },
      { name: "Dark theme", also: "colour night", run: () => setColorMode("dark") },
      { name: "Theme of the system", also: "colour", run: () => setColorMode("system") },
      { name: "Shortcuts", more: "?", also: "keys help", run: () => tell("help") },
    ].filter(Boolean);
    return [
      ...deeds.map((one) => ({ group: "Do", ...one })),
      ...pages.map((page) => ({ group: "Go to", name: page.name, more: page.keys, address: page.address })),
      ...found,
    ];
  }, [pages, found, canWrite, canPause, isPaused]);
  const shown = useMemo(() => (isOpen ? chosen(typed, all, zone) : []), [typed, all, zone, isOpen]);

  const take = (one) => {
    if (!one) return;
    setOpen(false);
    box.current.close(); // At once: what opens next must not find this in its way.
    if (one.run) one.run();
    else if (one.date && window.location.pathname.startsWith(routes.calendar)) tell("calendar-date", one.date);
    else navigate(one.date ? `${routes.calendar}?view=day&date=${one.date}` : one.address);
  };
  const choice = useChoice(shown, take);
  const onKey = (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return choice.onKey(event);
    setOpen(false);
    event.preventDefault();
    return undefined;
  };

  const groups = [...new Set(shown.map((one) => one.group))];
  return (
    <dialog
      ref={box}
      aria-label="Search"
      onCancel={(event) => { event.preventDefault(); setOpen(false); }}
      onMouseDown={(event) => event.target === box.current && setOpen(false)}
      className="bg-raised text-ink shadow-float p-0 border border-line overflow-hidden open:flex flex-col rounded-xl mx-auto mt-[12dvh] mb-auto w-[min(36rem,calc(100vw-1rem))] max-md:mt-2 max-h-[min(32rem,76dvh)]"
    >
      {isOpen && (
        <>
          <ChoiceField
            choice={choice}
            label="Search pages, posts, channels, days and actions"
            placeholder="A page, post or channel, or a day like friday"
            value={typed}
            onType={setTyped}
            onKey={onKey}
            onClose={() => setOpen(false)}
          />
          <div id={`${choice.id}-list`} role="listbox" aria-label="Found" tabIndex={-1} className="overflow-y-auto p-2 grow">
            {groups.map((group) => (
              <div key={group} role="group" aria-labelledby={`${choice.id}-${group}`}>
                <div id={`${choice.id}-${group}`} role="presentation" className="px-2.5 pt-2 pb-1 text-xs font-medium text-muted">{group}</div>
                {shown.map((one, place) => one.group === group && (
                  <div
                    key={place}
                    {...choice.line(place)}
                    className={`flex items-center gap-3 rounded-md px-2.5 min-h-9 max-md:min-h-11 cursor-pointer ${place === choice.current ? "bg-accent-soft text-accent-ink" : ""}`}
                  >
                    <span className="truncate grow">{one.name}</span>
                    {one.more && <span className={`text-xs shrink-0 ${place === choice.current ? "" : "text-muted"}`}>{one.more}</span>}
                  </div>
                ))}
              </div>
            ))}
          </div>
          <p role="status" className={shown.length ? "sr-only" : "m-0 px-5 pb-6 pt-2 text-muted"}>
            {shown.length ? `${shown.length} found` : "Nothing is called so. Days can be written like 2026-12-24, friday or next monday."}
          </p>
        </>
      )}
    </dialog>
  );
}

export function Opener({ hint, className, children }) {
  const [sign, setSign] = useState("Ctrl K");
  useEffect(() => {
    if (/Mac|iPhone|iPad/.test(navigator.platform)) setSign("⌘ K");
  }, []);
  return (
    <button type="button" aria-label="Search" aria-haspopup="dialog" title={`Search (${sign})`} onClick={() => tell("palette")} className={className}>
      {children}
      {hint && <kbd className="only-wide ml-auto font-mono text-2xs text-faint" aria-hidden="true">{sign}</kbd>}
    </button>
  );
}
