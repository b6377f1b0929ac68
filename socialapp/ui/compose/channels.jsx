import { Groups } from "./groups.jsx";
import { QUIET, TITLE } from "./look.js";

export function Channels({ channels, chosen, setChosen, disabled, kind = "post" }) {
  const turn = (id) => setChosen(chosen.includes(id) ? chosen.filter((c) => c !== id) : [...chosen, id]);
  const inOrder = channels.filter((c) => c.is_open).map((c) => c.id);
  return (
    <section aria-labelledby="compose-channels" className="flex flex-wrap items-center gap-x-2 gap-y-2">
      <h2 id="compose-channels" className={`${TITLE} mr-1`}>Channels</h2>
      {channels.map((c) => {
        const isOn = chosen.includes(c.id);
        const note = !c.is_open ? `takes no ${kind}s` : c.is_paused ? "on hold" : "";
        return (
          <button
            key={c.id}
            type="button"
            disabled={disabled || (!c.is_open && !isOn)}
            aria-pressed={isOn}
            onClick={() => turn(c.id)}
            title={`${c.name} on ${c.network}${c.is_paused ? " (on hold: it waits until the channel is resumed)" : ""}`}
            className={`inline-flex items-center gap-2 h-9 max-md:h-11 pl-1.5 pr-3 rounded-full border text-base ${
              isOn ? "border-accent-ink bg-accent-soft text-ink" : `border-line-strong bg-surface text-muted ${c.is_open ? "hover:text-ink" : "border-dashed"}`
            }`}
          >
            <span aria-hidden="true" className={`inline-grid place-items-center size-6 rounded-full text-2xs font-semibold ${isOn ? "bg-accent text-on-accent" : "bg-sunken"}`}>
              {isOn ? "✓" : c.letters}
            </span>
            <span className="truncate max-w-40">{c.name}</span>
            <span className="text-xs text-muted">{c.network}{note && ` · ${note}`}</span>
          </button>
        );
      })}
      {channels.length > 1 && (
        <span className="inline-flex">
          <button type="button" disabled={disabled} className={QUIET} onClick={() => setChosen(inOrder)} aria-label="Choose all channels">All</button>
          <button type="button" disabled={disabled} className={QUIET} onClick={() => setChosen([])} aria-label="Choose no channel">None</button>
          <Groups channels={channels} chosen={chosen} setChosen={setChosen} disabled={disabled} />
        </span>
      )}
      {!channels.length && (
        <p className="m-0 text-base text-muted">
          No channels yet. <a className="text-accent-ink font-medium" href="/channels/">Connect one</a>, or try the sandbox: nothing leaves this machine.
        </p>
      )}
    </section>
  );
}
