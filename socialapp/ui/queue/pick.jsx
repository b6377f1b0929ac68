import { useEffect, useRef, useState } from "react";

const boxes = () => [...document.querySelectorAll("input[data-pick]")];

// The checkbox of a line. With Shift it picks all from the last one on; arrows go to the next line.
export function Pick({ schedule, checked, label, onPick }) {
  const [isOn, setOn] = useState(checked);
  useEffect(() => setOn(checked), [checked]);
  const pick = (isRange) => {
    setOn(isRange || !isOn);
    onPick?.(schedule, isRange);
  };
  const onKey = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === " ") pick(event.shiftKey);
    else if (step) {
      const all = boxes();
      const next = all[all.indexOf(event.currentTarget) + step];
      next?.focus();
      if (next && event.shiftKey) onPick?.(next.dataset.pick, true);
    } else return;
    event.preventDefault();
  };
  return (
    <label className="relative z-10 shrink-0 grid place-items-center size-6 max-md:size-11 max-md:-m-2 cursor-pointer">
      <input
        type="checkbox"
        data-pick={schedule}
        aria-label={label}
        checked={isOn}
        onChange={(event) => pick(Boolean(event.nativeEvent.shiftKey))}
        onKeyDown={onKey}
        className="size-4 accent-[var(--accent)]"
      />
    </label>
  );
}

let held = "";
let stepped = { schedule: "", at: 0 };
const STEPS_WITHIN_MS = 10000;
const FAR = 1000000;

// What a queued post is moved by: dragged, or with the arrow keys. The slots stay, the posts move.
export function Grip({ schedule, label, onStep }) {
  const button = useRef(null);
  const onKey = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -FAR, End: FAR }[event.key];
    if (!step) return;
    event.preventDefault();
    stepped = { schedule, at: Date.now() };
    onStep?.(schedule, step);
  };
  useEffect(() => {
    // A line that is put elsewhere loses the focus; whoever moves it by keys goes on from there.
    const isMine = stepped.schedule === schedule && Date.now() - stepped.at < STEPS_WITHIN_MS;
    if (isMine && document.activeElement === document.body) button.current?.focus();
  });
  return (
    <button
      ref={button}
      type="button"
      draggable
      data-grip={schedule}
      aria-label={label}
      title="Drag to another slot, or use the arrow keys; Home and End put it first or last"
      onKeyDown={onKey}
      onDragStart={(event) => {
        held = schedule;
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", schedule);
        const line = event.currentTarget.closest("li");
        if (line) event.dataTransfer.setDragImage(line, 20, 20);
      }}
      onDragEnd={() => (held = "")}
      className="relative z-10 shrink-0 grid place-items-center h-8 w-5 -mx-1 rounded-sm text-faint hover:text-ink cursor-grab active:cursor-grabbing max-md:hidden"
    >
      <svg width="10" height="16" viewBox="0 0 10 16" aria-hidden="true" fill="currentColor">
        {[3, 8, 13].flatMap((y) => [2, 8].map((x) => <circle key={`${x}${y}`} cx={x} cy={y} r="1.4" />))}
      </svg>
    </button>
  );
}

// A list whose lines with a grip can be put in each other's slots.
export function Slots({ className, onPut, children }) {
  const [over, setOver] = useState(null);
  const target = (event) => {
    const line = event.target.closest?.("li[data-schedule]");
    const id = line?.querySelector("[data-grip]")?.dataset.grip;
    return held && id && id !== held ? line : null;
  };
  const mark = (line) => {
    if (over && over !== line) over.style.boxShadow = "";
    if (line) line.style.boxShadow = "inset 0 0 0 2px var(--accent-ink)";
    setOver(line);
  };
  return (
    <ul
      className={className}
      onDragOver={(event) => {
        const line = target(event);
        mark(line);
        if (line) event.preventDefault();
      }}
      onDragLeave={(event) => event.currentTarget.contains(event.relatedTarget) || mark(null)}
      onDrop={(event) => {
        const line = target(event);
        mark(null);
        if (!line) return;
        event.preventDefault();
        onPut?.(held, line.dataset.schedule);
      }}
    >
      {children}
    </ul>
  );
}

// Keeps the address of the page in step with what is shown, without another page in the history.
export function Address({ value }) {
  const first = useRef(true);
  useEffect(() => {
    if (!value) return;
    if (!first.current && value !== window.location.pathname + window.location.search)
      window.history.replaceState(window.history.state, "", value);
    first.current = false;
  }, [value]);
  return null;
}
