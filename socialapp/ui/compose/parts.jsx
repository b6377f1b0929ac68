import { useState } from "react";
import { Counts, Editor, useMeasures } from "./editor.jsx";
import { CARD, PLAIN, TITLE } from "./look.js";
import { KEY, Sign } from "./order.jsx";
import { Strip } from "./strip.jsx";
import { Own } from "./tabs.jsx";
import { blank, moved, removed } from "./thread.js";

const focusOn = (id) => requestAnimationFrame(() => document.getElementById(id)?.focus());

// What follows the first text in a thread.
export function Parts({ written, chosen, checking, links, disabled, isOffered, ...strip }) {
  const [said, setSaid] = useState("");
  const { parts } = written.shown;
  const own = written.field("parts", disabled);
  const set = (next) => written.edit("parts", next);
  const shift = (at, to) => {
    if (to < 1 || to > parts.length) return;
    set((now) => moved(now, at, to));
    setSaid(`Part ${at + 1} is now part ${to + 1} of ${parts.length + 1}.`);
    focusOn(`compose-text-${to}`);
  };
  const remove = (at) => {
    set((now) => removed(now, at));
    setSaid(`Part ${at + 1} is removed.`);
    focusOn(`compose-text-${at - 1}`);
  };
  const add = () => {
    set((now) => [...now, blank()]);
    setSaid(`Part ${parts.length + 2} is added.`);
    focusOn(`compose-text-${parts.length + 1}`);
  };
  if (!isOffered && !parts.length && !own.isOwn) return null;
  return (
    <section id="compose-parts" tabIndex={-1} aria-label="Thread" className="flex flex-col gap-3 outline-none">
      {(parts.length > 0 || own.isOwn) && (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h2 className={TITLE}>Thread of {parts.length + 1}</h2>
          <Own field={own} what="thread" />
        </div>
      )}
      {parts.map((part, place) => (
        <Part key={part.key} at={place + 1} part={part} count={parts.length} {...{ written, chosen, checking, links, disabled, shift, remove, strip }} />
      ))}
      {isOffered && (
        <button type="button" disabled={disabled || parts.length >= 49} className={`${PLAIN} self-start max-md:w-full`} onClick={add}>
          {parts.length ? "Add a part" : "Continue in a thread"}
        </button>
      )}
      <div role="status" className="sr-only">{said}</div>
    </section>
  );
}

function Part({ at, part, count, written, chosen, checking, links, disabled, shift, remove, strip }) {
  const measured = useMeasures({ checking, links, post: written.post, chosen, tab: written.tab, at });
  const onKey = (event) => {
    const by = event.altKey && { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    shift(at, at + by);
  };
  const number = at + 1;
  return (
    <div role="group" aria-label={`Part ${number}`} className={CARD} onKeyDown={onKey} onFocus={() => strip.onAim(part.key)}>
      <div className="flex items-center gap-1 pl-4 pr-1 pt-1">
        <span className="text-xs font-semibold text-muted mr-auto">Part {number} of {count + 1}</span>
        <button type="button" className={KEY} disabled={disabled || at === 1} onClick={() => shift(at, at - 1)} aria-label={`Move part ${number} up`} title="Move up (Alt ↑)">
          <Sign d="M3 10l5-5 5 5" />
        </button>
        <button type="button" className={KEY} disabled={disabled || at === count} onClick={() => shift(at, at + 1)} aria-label={`Move part ${number} down`} title="Move down (Alt ↓)">
          <Sign d="M3 6l5 5 5-5" />
        </button>
        <button type="button" className={KEY} disabled={disabled} onClick={() => remove(at)} aria-label={`Remove part ${number}`} title="Remove">
          <Sign d="M4 4l8 8M12 4l-8 8" />
        </button>
      </div>
      <Editor at={at} text={part.text} setText={(text) => written.editPart(at, { text })} measured={measured} disabled={disabled} />
      <div className="border-t border-line px-4 py-2 min-h-9"><Counts at={at} measured={measured} /></div>
      <div className="border-t border-line px-4 py-3">
        <Strip {...strip} at={at} place={part.key} media={part.media} setMedia={(media) => written.editPart(at, { media })} describe={written.describe} disabled={disabled} />
      </div>
    </div>
  );
}
