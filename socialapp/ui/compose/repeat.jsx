import { useEffect, useState } from "react";
import { INPUT } from "./look.js";

const CODES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const NTH = { 1: "first", 2: "second", 3: "third", 4: "fourth", "-1": "last" };
const LABEL = "flex flex-col gap-1 text-sm grow basis-40";

// Which day of the week, of the month, and the how manieth of its kind a wall-clock time is.
function facts(local) {
  const at = new Date(`${local.slice(0, 10)}T12:00:00Z`);
  const day = at.getUTCDate() || 1;
  const nth = Math.ceil(day / 7);
  return { day, weekday: (at.getUTCDay() + 6) % 7 || 0, nth: nth > 4 ? -1 : nth };
}

// The rule that is chosen, as RRULE; nothing while it is not whole.
function ruleOf({ kind, days, end, count, until, custom }, local) {
  if (!kind) return "";
  const { day, weekday, nth } = facts(local);
  if (kind === "custom") return custom.trim();
  const rule = {
    daily: "FREQ=DAILY",
    weekly: `FREQ=WEEKLY;BYDAY=${CODES.filter((code, at) => (days.length ? days.includes(code) : at === weekday))}`,
    monthly: `FREQ=MONTHLY;BYMONTHDAY=${day}`,
    nth: `FREQ=MONTHLY;BYDAY=${nth}${CODES[weekday]}`,
  }[kind];
  if (end === "count") return `${rule};COUNT=${Number(count) || 0}`;
  return end === "until" && until ? `${rule};UNTIL=${until.replaceAll("-", "")}` : rule;
}

// How a schedule repeats: the server says it in words, and the next dates. `setRule` gets RRULE, or ""
// with `none` chosen.
export function Repeat({ local, setRule, moment, isCurrent, none = "Only once" }) {
  const [chosen, setChosen] = useState({ kind: "", days: [], end: "never", count: "10", until: "", custom: "FREQ=WEEKLY;INTERVAL=2" });
  const { kind, days, end } = chosen;
  const { day, weekday, nth } = facts(local);
  const set = (news) => setChosen((before) => ({ ...before, ...news }));
  const rule = ruleOf(chosen, local);
  useEffect(() => setRule(rule), [rule]);
  const toggle = (code) => {
    const now = days.length ? days : [CODES[weekday]];
    const news = now.includes(code) ? now.filter((c) => c !== code) : [...now, code];
    set({ days: news });
  };
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        <label className={LABEL}>
          <span className="font-medium">Repeat…</span>
          <select value={kind} onChange={(event) => set({ kind: event.target.value })} className={`${INPUT} pr-8`}>
            <option value="">{none}</option>
            <option value="daily">Daily</option>
            <option value="weekly">Weekly on…</option>
            <option value="monthly">Monthly on day {day}</option>
            <option value="nth">Monthly on the {NTH[nth]} {NAMES[weekday]}</option>
            <option value="custom">Advanced: a rule of your own</option>
          </select>
        </label>
        {kind && kind !== "custom" && (
          <label className={LABEL}>
            <span className="font-medium">Ends</span>
            <select value={end} onChange={(event) => set({ end: event.target.value })} className={`${INPUT} pr-8`}>
              <option value="never">Never</option>
              <option value="count">After so many times</option>
              <option value="until">On a date</option>
            </select>
          </label>
        )}
        {kind && kind !== "custom" && end === "count" && (
          <label className={`${LABEL} !basis-24`}>
            <span className="font-medium">Times</span>
            <input type="number" min="1" max="10000" value={chosen.count} onChange={(event) => set({ count: event.target.value })} className={INPUT} />
          </label>
        )}
        {kind && kind !== "custom" && end === "until" && (
          <label className={LABEL}>
            <span className="font-medium">Last day</span>
            <input type="date" value={chosen.until} min={local.slice(0, 10)} onChange={(event) => set({ until: event.target.value })} className={INPUT} />
          </label>
        )}
      </div>
      {kind === "weekly" && (
        <div role="group" aria-label="Days of the week" className="flex flex-wrap gap-1.5">
          {CODES.map((code, at) => {
            const isOn = days.length ? days.includes(code) : at === weekday;
            return (
              <button
                key={code}
                type="button"
                aria-pressed={isOn}
                aria-label={NAMES[at]}
                onClick={() => toggle(code)}
                className={`h-9 max-md:h-11 min-w-11 rounded-md border px-2 text-sm font-medium ${isOn ? "bg-accent text-on-accent border-accent" : "bg-surface text-ink border-line-strong hover:bg-sunken"}`}
              >
                {NAMES[at].slice(0, 3)}
              </button>
            );
          })}
        </div>
      )}
      {kind === "custom" && (
        <label className={LABEL}>
          <span className="font-medium">Rule (RRULE of RFC 5545)</span>
          <input value={chosen.custom} maxLength={500} spellCheck="false" onChange={(event) => set({ custom: event.target.value })} className={`${INPUT} font-mono`} />
        </label>
      )}
      {kind && (
        <div role="status" className="rounded-md bg-sunken px-3 py-2 text-sm min-h-16">
          {isCurrent && moment.repeats ? (
            <>
              <p className="m-0 font-medium text-ink">{moment.repeats}</p>
              <p className="m-0 mt-1 text-muted">Next: {moment.dates}</p>
            </>
          ) : (
            <p className="m-0 text-muted">{isCurrent ? "Nothing to show: see above." : "…"}</p>
          )}
        </div>
      )}
    </div>
  );
}
