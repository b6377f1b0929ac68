import { useEffect, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import FullCalendar from "@fullcalendar/react";
import classic from "@fullcalendar/react/themes/classic";
import dayGrid from "@fullcalendar/react/daygrid";
import timeGrid from "@fullcalendar/react/timegrid";
import list from "@fullcalendar/react/list";
import interaction from "@fullcalendar/react/interaction";
import "@fullcalendar/react/skeleton.css";
import "@fullcalendar/react/themes/classic/theme.css";
import "@fullcalendar/react/themes/classic/palette.css";
import "./look.css";
import { later, merged, spoken, stamp, step, ticket, wallNow } from "./carry.js";
import { useShortcut } from "$/public/external/socialapp/ui/components/jsx/shortcut.js";
import { Event, Toolbar } from "./parts.jsx";

const VIEWS = { month: "dayGridMonth", week: "timeGridWeek", day: "timeGridDay", list: "listMonth" };
const EACH = { timeGridWeek: { titleFormat: { year: "numeric", month: "short", day: "numeric" } } };
const PLUGINS = [classic, dayGrid, timeGrid, list, interaction];
const NEAR_MS = 15 * 60000;
const HEIGHT = 30 * 60000;

const keyOf = (element) => element?.closest?.("[data-event]")?.dataset.event ?? element?.querySelector?.("[data-event]")?.dataset.event;
const elementOf = (root, key) => root?.querySelector(`[data-event="${CSS.escape(key)}"]`)?.closest("[tabindex],a");

export default function Grid({ view, date, zone, planned, more, free, changed, answer, foretold, canMove, canWrite, compose, onShow, onOpen, onMove, onForetell, onUndo }) {
  const navigate = useNavigate();
  const root = useRef(null);
  const calendar = useRef(null);
  const isNarrow = useRef(window.matchMedia("(max-width: 40rem)").matches).current;
  const [shown, setShown] = useState({ view: view || (isNarrow ? "list" : "month"), date });
  const [moved, setMoved] = useState({});
  const [held, setHeld] = useState(null);
  const [said, setSaid] = useState("");
  const [title, setTitle] = useState("");
  const asking = useRef(null);
  const asked = useRef(new Set());
  const api = () => calendar.current?.getApi();
  const go = (next) => {
    const wanted = { ...shown, ...next };
    setShown(wanted);
    api()?.changeView(VIEWS[wanted.view], wanted.date);
    onShow?.(wanted.view, wanted.date);
  };

  useEffect(() => {
    if (!view && shown.view !== "month") onShow?.(shown.view, shown.date);
  }, []);
  useEffect(() => {
    // What the server answers holds from here on: the new place, or the old one.
    if (!answer.ticket || !asked.current.delete(answer.ticket)) return;
    setMoved((all) => Object.fromEntries(Object.entries(all).filter(([, each]) => each.ticket !== answer.ticket)));
    if (answer.words) setSaid(answer.words);
  }, [answer]);
  useEffect(() => {
    if (held && foretold.ticket === held.ticket && foretold.words) setSaid(foretold.words);
  }, [foretold]);

  const events = useMemo(() => {
    const all = merged(planned, changed, moved);
    if (held && !all.some((event) => event.key === held.key)) all.push({ ...held.event, local: held.local });
    const posts = all.map((event) => {
      const local = held?.key === event.key ? held.local : event.local;
      return {
        id: event.key,
        title: event.text || "No text",
        start: `${local}Z`,
        end: new Date(stamp(local) + HEIGHT).toISOString(),
        editable: canMove && event.can_move,
        // In the hand it is at no instant yet: the server says which one a dropped post has.
        extendedProps: { post: { ...event, local, instant: local === event.local && !moved[event.key] ? event.at : undefined } },
      };
    });
    const rest = more.map((day) => ({ id: `more-${day.day}`, title: `+${day.count} more`, start: `${day.local}Z`, editable: false, extendedProps: { more: day } }));
    const open = canWrite ? free.map((slot) => ({ id: `free-${slot.local}`, title: `Free: ${slot.channels}`, start: `${slot.local}Z`, end: new Date(stamp(slot.local) + HEIGHT).toISOString(), editable: false, extendedProps: { free: slot } })) : [];
    return [...posts, ...rest, ...open];
  }, [planned, more, free, changed, moved, held, canMove, canWrite]);

  // What others change meanwhile must not take a post out of the hand; it is drawn when the hand is empty.
  const isDragging = useRef(false);
  const drawn = useRef(events);
  const [, setDropped] = useState(0);
  if (!isDragging.current) drawn.current = events;

  const move = (event, local) => {
    if (local === event.local) return;
    const mine = ticket();
    asked.current.add(mine);
    setMoved((all) => ({ ...all, [event.key]: { ticket: mine, local } }));
    onMove?.(mine, event.key, local, event.at);
  };
  const open = (key) => {
    if (key.startsWith("more-")) return go({ view: "day", date: key.slice(5) });
    if (!key.startsWith("free-")) return onOpen?.(Number(key));
    const { local, ids } = free.find((slot) => slot.local === key.slice(5));
    navigate(`${compose}?at=${local.slice(0, 16)}&channels=${ids}`);
  };

  const carry = (next) => {
    clearTimeout(asking.current);
    setHeld(next);
    const month = shown.view === "month" ? next.local.slice(0, 7) !== shown.date.slice(0, 7) : false;
    const current = api()?.view;
    const at = stamp(next.local);
    if (month || (current && (at < +current.activeStart || at >= +current.activeEnd))) go({ date: next.local.slice(0, 10) });
    setSaid(`${spoken(next.local)} ${zone}.`);
    asking.current = setTimeout(() => onForetell?.(next.ticket, next.key, next.local), 250);
  };
  const onKey = (press) => {
    // What is carried hears the keys also while it is drawn elsewhere and nothing has the focus.
    const isInside = root.current?.contains(press.target) || press.target === document.body;
    const key = isInside && !document.querySelector("dialog[open]") ? (held?.key ?? keyOf(press.target)) : "";
    if (!key || press.ctrlKey || press.metaKey || press.altKey) return;
    const event = events.find((each) => each.id === key)?.extendedProps.post;
    if (!held && press.key === "Enter") open(key);
    else if (!held && press.key === " ") {
      if (!event || !canMove || !event.can_move) setSaid(event ? `It is ${event.label.toLowerCase()} and cannot be moved here.` : "");
      else {
        setHeld({ key, event, local: event.local, ticket: ticket() });
        setSaid(`Picked up. ${spoken(event.local)} ${zone}. Arrow keys move it, Enter drops it, Escape leaves it.`);
      }
    } else if (held && (press.key === "Enter" || press.key === " ")) {
      clearTimeout(asking.current);
      setHeld(null);
      if (held.local === held.event.local) setSaid("Not moved.");
      else move(held.event, held.local);
    } else if (held && press.key === "Escape") {
      clearTimeout(asking.current);
      setHeld(null);
      setSaid(`Not moved. It stays at ${spoken(held.event.local)} ${zone}.`);
    } else if (held && step(press.key, shown.view === "month", press.shiftKey)) {
      carry({ ...held, ticket: ticket(), local: later(held.local, step(press.key, shown.view === "month", press.shiftKey)) });
    } else return;
    press.preventDefault();
    press.stopPropagation();
  };
  const keep = useRef("");
  useEffect(() => {
    // An event that is drawn elsewhere loses the focus; whoever carries it by keys goes on from there.
    if (held) keep.current = held.key;
    const back = () => {
      const isLost = document.activeElement === document.body;
      if (keep.current && isLost) elementOf(root.current, keep.current)?.focus();
      else if (!held && keyOf(document.activeElement) !== keep.current) keep.current = "";
    };
    let frame = requestAnimationFrame(() => (frame = requestAnimationFrame(back)));
    return () => cancelAnimationFrame(frame);
  });

  const latest = useRef({});
  latest.current = { onKey };
  useEffect(() => {
    const onCarry = (press) => latest.current.onKey(press);
    document.addEventListener("keydown", onCarry, true);
    return () => document.removeEventListener("keydown", onCarry, true);
  }, []);
  useShortcut((name, about) => {
    if (!name.startsWith("calendar-")) return;
    const what = name.slice("calendar-".length);
    if (what === "undo") onUndo?.();
    else if (held) return;
    else if (VIEWS[what]) go({ view: what });
    else if (what === "today") go({ date: wallNow(zone).slice(0, 10) });
    else if (what === "date") go({ view: "day", date: about });
    else go({ date: beside(shown, what === "before" ? -1 : 1) });
  });

  const create = (info) => {
    if (!canWrite || held) return;
    const local = info.dateStr.length > 10 ? info.dateStr.slice(0, 16) : `${info.dateStr.slice(0, 10)}T09:00`;
    const now = stamp(wallNow(zone));
    const isToday = info.allDay !== false && info.dateStr.slice(0, 10) === wallNow(zone).slice(0, 10);
    const at = isToday && stamp(`${local}:00`) < now ? later(`${wallNow(zone).slice(0, 13)}:00:00`, 60).slice(0, 16) : local;
    if (stamp(`${at}:00`) < now - NEAR_MS) setSaid("That time has passed. Choose a later one.");
    else navigate(`${compose}?at=${at}`);
  };

  return (
    <div ref={root} className="calendar">
      <Toolbar title={title} view={shown.view} zone={zone} onView={(next) => go({ view: next })} onStep={(by) => go({ date: beside(shown, by) })} onToday={() => go({ date: wallNow(zone).slice(0, 10) })} />
      <div role="status" aria-label="Moving" className={`text-sm min-h-6 text-muted ${held ? "" : "sr-only"}`}>{said}</div>
      <FullCalendar
        ref={calendar}
        plugins={PLUGINS}
        headerToolbar={false}
        initialView={VIEWS[shown.view]}
        initialDate={shown.date}
        timeZone="UTC"
        now={() => `${wallNow(zone)}Z`}
        nowIndicator
        firstDay={1}
        height={shown.view === "week" || shown.view === "day" ? "44rem" : "auto"}
        scrollTime="07:00:00"
        scrollTimeReset={false}
        slotMinHeight={38}
        eventDisplay="block"
        eventBeforeClass="hidden"
        listItemEventBeforeClass="hidden"
        allDaySlot={false}
        locale="en-GB"
        slotDuration="00:30:00"
        snapDuration="00:15:00"
        defaultTimedEventDuration="00:30:00"
        eventDurationEditable={false}
        eventInteractive
        eventLongPressDelay={350}
        dragRevertDuration={0}
        views={EACH}
        eventOrder="start,id"
        slotEventOverlap={false}
        eventTimeFormat={{ hour: "2-digit", minute: "2-digit", hour12: false }}
        slotHeaderFormat={{ hour: "2-digit", minute: "2-digit", hour12: false }}
        events={drawn.current}
        eventDragStart={() => (isDragging.current = true)}
        eventDragStop={() => {
          isDragging.current = false;
          setDropped((count) => count + 1);
        }}
        eventClass={(info) => `post ${held?.key === info.event.id ? "is-held" : ""}`}
        eventContent={(info) => <Event info={info} view={shown.view} zone={zone} />}
        eventClick={(info) => {
          info.jsEvent.preventDefault();
          open(info.event.id);
        }}
        eventDrop={(info) => {
          const { post } = info.event.extendedProps;
          move(post, later(post.local, (info.event.start - stamp(post.local)) / 60000));
        }}
        dateClick={create}
        datesSet={(info) => setTitle(info.view.title)}
      />
    </div>
  );
}

function beside({ view, date }, by) {
  const day = new Date(`${date}T00:00:00Z`);
  if (view === "day") day.setUTCDate(day.getUTCDate() + by);
  else if (view === "week") day.setUTCDate(day.getUTCDate() + 7 * by);
  else day.setUTCMonth(day.getUTCMonth() + by, 1);
  return day.toISOString().slice(0, 10);
}
