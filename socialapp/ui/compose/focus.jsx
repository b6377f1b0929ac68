import { useRef } from "react";

const STEP = 0.05;
const inside = (at) => Math.round(Math.min(1, Math.max(-1, at)) * 100) / 100;
const percent = (share) => `${Math.round(share * 100)} %`;

// Where a crop of a picture looks, as CSS has it: `focus` is -1..1 from the left, and from the bottom.
export const kept = ({ focus }) => (focus ? { objectPosition: `${(focus[0] + 1) * 50}% ${(1 - focus[1]) * 50}%` } : undefined);

// Chooses the point that a crop must keep: by a click, or with the arrow keys.
export function Focus({ src, focus, setFocus }) {
  const picture = useRef(null);
  const [x, y] = focus ?? [0, 0];
  const [left, top] = [(x + 1) / 2, (1 - y) / 2];
  const onClick = (event) => {
    if (!event.detail) return; // Enter and the blank bar have no place.
    const box = picture.current.getBoundingClientRect();
    setFocus([inside(((event.clientX - box.left) / box.width) * 2 - 1), inside(1 - ((event.clientY - box.top) / box.height) * 2)]);
  };
  const onKey = (event) => {
    const by = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    setFocus([inside(x + by[0]), inside(y + by[1])]);
  };
  const words = `${percent(left)} from the left, ${percent(top)} from the top`;
  return (
    <div className="flex flex-col gap-1 items-center rounded-md bg-sunken p-2">
      <button type="button" aria-label={`Focus: ${words}. Click, or use the arrow keys.`} onClick={onClick} onKeyDown={onKey} className="relative inline-block p-0 border-0 bg-transparent rounded-md cursor-crosshair touch-manipulation">
        <img ref={picture} src={src} alt="" draggable={false} className="block max-h-64 max-w-full rounded-md" />
        <span
          aria-hidden="true"
          style={{ left: `${left * 100}%`, top: `${top * 100}%` }}
          className="absolute size-7 -translate-x-1/2 -translate-y-1/2 rounded-full border-2 border-white shadow-[0_0_0_2px_rgba(0,0,0,.6)]"
        />
      </button>
      <p role="status" className="m-0 text-xs text-muted">Where a network crops, it keeps the circle: {words}.</p>
    </div>
  );
}
