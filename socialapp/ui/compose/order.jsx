import { useState } from "react";

export const KEY =
  "grid place-items-center size-8 max-md:size-11 rounded-sm text-muted hover:text-ink hover:bg-sunken disabled:opacity-30 disabled:pointer-events-none";

export const Sign = ({ d }) => (
  <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round">
    <path d={d} />
  </svg>
);

// The order of uploads: by `move(from, to)`, or by dragging what has the props of `drag(at)`. `said` is for screen readers.
export function useOrder(items, setItems) {
  const [dragged, setDragged] = useState(null);
  const [said, setSaid] = useState("");
  const move = (from, to) => {
    if (to < 0 || to >= items.length || from === to) return;
    const next = [...items];
    next.splice(to, 0, ...next.splice(from, 1));
    setItems(next);
    setSaid(`${items[from].filename} is now ${to + 1} of ${items.length}.`);
  };
  const drag = (at) => ({
    onDragStart: (event) => {
      event.dataTransfer.effectAllowed = "move";
      setDragged(at);
    },
    onDragOver: (event) => dragged !== null && event.preventDefault(),
    onDrop: (event) => {
      if (dragged === null) return;
      event.preventDefault();
      move(dragged, at);
      setDragged(null);
    },
    onDragEnd: () => setDragged(null),
  });
  return { dragged, drag, move, said, setSaid };
}
