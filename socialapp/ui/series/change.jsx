import { useEffect, useState } from "react";
import { INPUT } from "$/public/external/socialapp/ui/compose/widgets/look.js";
import { Repeat } from "$/public/external/socialapp/ui/compose/widgets/repeat.jsx";

const LABEL = "flex flex-col gap-1 text-sm";

// From when on, at what time, and how a series repeats: fields `since`, `clock` and `rule` of the form around it. An
// empty rule leaves it as it is. The server says the chosen one in words, with its next dates.
export function SeriesChange({ dates, clock, zone, moment, onSpeak }) {
  const [since, setSince] = useState("");
  const [time, setTime] = useState(clock);
  const [rule, setRule] = useState("");
  const open = dates.filter((date) => !date.is_skipped);
  const first = open.find((date) => date.at === since) ?? open[0] ?? dates[0];
  const local = first ? `${first.day}T${time || clock}` : "";
  useEffect(() => {
    if (rule && local) onSpeak(local, zone, rule);
  }, [rule, local, zone]);
  const isCurrent = moment.asked === `${local} ${zone} ${rule}`;
  return (
    <div className="flex flex-col gap-4">
      <label className={LABEL}>
        <span className="font-medium">From</span>
        <select name="since" value={since} onChange={(event) => setSince(event.target.value)} className={`${INPUT} pr-8`}>
          <option value="">All that are to come</option>
          {open.map(({ at, words }) => <option key={at} value={at}>{words} and the following</option>)}
        </select>
        <span className="text-xs text-muted">From a later date on, the rest becomes a series of its own.</span>
      </label>
      <label className={LABEL}>
        <span className="font-medium">Time in {zone}</span>
        <input type="time" name="clock" required value={time} onChange={(event) => setTime(event.target.value)} className={INPUT} />
      </label>
      <Repeat local={local} none="As it does now" setRule={setRule} moment={moment} isCurrent={isCurrent && !moment.trouble} />
      {rule && isCurrent && moment.trouble && <p role="alert" className="m-0 text-sm text-danger">{moment.trouble}</p>}
      {rule && <p className="m-0 text-xs text-muted">What was skipped is forgotten then. “Never” leaves the end that it has.</p>}
      <input type="hidden" name="rule" value={rule} />
    </div>
  );
}
