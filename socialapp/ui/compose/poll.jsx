import { INPUT, QUIET, SMALL } from "./look.js";
import { lastingWords, pollLimits } from "./offers.js";
import { KEY, Sign } from "./order.jsx";

// A poll: its answers, how long it lasts, and what people may do.
export function Poll({ id, label, channels, value, set, remove, disabled }) {
  const limits = pollLimits(channels);
  if (!value) {
    const blank = { options: ["", ""], expires_in_s: limits.lasting.includes(86_400) ? 86_400 : limits.lasting[0] ?? 86_400 };
    return (
      <button id={id} type="button" disabled={disabled} className={`${SMALL} self-start`} onClick={() => set(blank)}>Add a poll</button>
    );
  }
  const { options: answers, expires_in_s: lasts } = value;
  const change = (news) => set({ ...value, ...news });
  const answer = (at, words) => change({ options: answers.map((one, place) => (place === at ? words : one)) });
  const times = [...new Set([...limits.lasting, lasts])].sort((a, b) => a - b);
  return (
    <div id={id} tabIndex={-1} role="group" aria-label={label} className="flex flex-col gap-2 rounded-md border border-line p-3 outline-none">
      {answers.map((words, at) => (
        <div key={at} className="flex items-center gap-1">
          <input value={words} disabled={disabled} aria-label={`Answer ${at + 1}`} placeholder={`Answer ${at + 1}`} onChange={(event) => answer(at, event.target.value)} className={INPUT} />
          <button
            type="button"
            className={KEY}
            disabled={disabled || answers.length <= 2}
            onClick={() => change({ options: answers.filter((_, place) => place !== at) })}
            aria-label={`Remove answer ${at + 1}`}
          >
            <Sign d="M4 4l8 8M12 4l-8 8" />
          </button>
        </div>
      ))}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <button type="button" className={SMALL} disabled={disabled || answers.length >= limits.answers} onClick={() => change({ options: [...answers, ""] })}>Add an answer</button>
        <label className="inline-flex items-center gap-2 text-sm">
          Open for
          <select value={lasts} disabled={disabled} onChange={(event) => change({ expires_in_s: Number(event.target.value) })} className={`${INPUT} !w-auto`}>
            {times.map((s) => <option key={s} value={s}>{lastingWords(s)}</option>)}
          </select>
        </label>
        <Tick label="Several answers" value={value.multiple} set={(multiple) => change({ multiple })} disabled={disabled} />
        <Tick label="Hide the result until the end" value={value.hide_totals} set={(hide_totals) => change({ hide_totals })} disabled={disabled} />
        <button type="button" disabled={disabled} className={`${QUIET} ml-auto`} onClick={remove}>Remove the poll</button>
      </div>
    </div>
  );
}

function Tick({ label, value, set, disabled }) {
  return (
    <label className="inline-flex items-center gap-2 text-sm max-md:min-h-11">
      <input type="checkbox" checked={Boolean(value)} disabled={disabled} onChange={(event) => set(event.target.checked)} className="size-4 accent-[var(--accent)]" />
      {label}
    </label>
  );
}
