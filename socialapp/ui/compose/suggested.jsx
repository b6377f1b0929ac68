import { useEffect } from "react";

const CHIP = "inline-flex items-center rounded-full border px-3 min-h-8 max-md:min-h-11 text-sm tabular-nums hover:bg-sunken ";

// A few moments that may do well at the chosen channels, and what that rests on.
export function Suggested({ chosen, time, setTime, suggested, onSuggest }) {
  const asked = chosen.map((channel) => channel.id).join(",");
  useEffect(() => {
    if (asked) onSuggest(asked.split(",").map(Number));
  }, [asked]);
  const isCurrent = asked && suggested?.asked === asked;
  const times = isCurrent ? suggested.times : [];
  return (
    <div className="flex flex-col gap-1.5 min-h-14" role="group" aria-label="Suggested times">
      <p className="m-0 text-xs text-muted">{isCurrent ? `Suggested. ${suggested.words}` : asked ? "…" : "Choose a channel to see suggested times."}</p>
      <div className="flex flex-wrap gap-1.5">
        {times.map(({ local, zone, words, day }) => {
          const isTaken = time.local === local && time.zone === zone;
          return (
            <button key={local} type="button" aria-pressed={isTaken} title={day} className={CHIP + (isTaken ? "border-accent-ink text-accent-ink bg-accent-soft" : "border-line-strong text-ink bg-surface")} onClick={() => setTime({ ...time, local, zone })}>
              {words}
            </button>
          );
        })}
      </div>
    </div>
  );
}
