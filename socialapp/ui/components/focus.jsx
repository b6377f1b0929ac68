import { useEffect, useRef } from "react";

const TAKES_FOCUS = "button, a[href], input";

const linesOf = (root) => [...root.querySelectorAll("li")];
const stopsOf = (line) => [...(line?.querySelectorAll(TAKES_FOCUS) ?? [])];

// A line that goes, or is put elsewhere, takes the focus along. It comes back: to the same button, or to what stands in its place.
// Another `page` begins at its top.
export function KeepFocus({ page, className, children }) {
  const box = useRef(null);
  const shown = useRef(page);
  useEffect(() => {
    const root = box.current;
    let last = null;
    let row = 0;
    let column = 0;
    const heard = {
      // Whoever points elsewhere wants it elsewhere.
      pointerdown: () => (last = null),
      focusin: ({ target }) => {
        const line = root.contains(target) ? target.closest("li") : null;
        last = line ? target : null;
        row = linesOf(root).indexOf(line);
        column = stopsOf(line).indexOf(target);
      },
    };
    const mend = () => {
      if (!last || document.activeElement !== document.body) return;
      const lines = linesOf(root);
      const stops = stopsOf(lines[Math.min(row, lines.length - 1)]);
      const next = last.isConnected ? last : (stops[Math.min(column, stops.length - 1)] ?? root);
      next.focus({ preventScroll: next === last });
    };
    const watch = new MutationObserver(mend);
    watch.observe(root, { childList: true, subtree: true });
    const all = Object.entries(heard);
    all.forEach(([name, hear]) => document.addEventListener(name, hear));
    return () => {
      watch.disconnect();
      all.forEach(([name, hear]) => document.removeEventListener(name, hear));
    };
  }, []);
  useEffect(() => {
    if (shown.current !== page) box.current.focus();
    shown.current = page;
  }, [page]);
  return (
    <div ref={box} tabIndex={-1} className={className}>
      {children}
    </div>
  );
}
