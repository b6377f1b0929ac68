import { SMALL } from "./look.js";
import { ALL, hasOwn } from "./variants.js";

// The common post, and what differs for each channel. `wrong` counts the errors of a tab.
export function Tabs({ tab, setTab, chosen, post, wrong }) {
  const tabs = [{ id: ALL, name: "All channels" }, ...chosen];
  const onKey = (event) => {
    const at = tabs.findIndex(({ id }) => id === tab);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length];
    setTab(next.id);
    document.getElementById(`compose-tab-${next.id}`)?.focus();
  };
  return (
    <div role="tablist" aria-label="Write for" onKeyDown={onKey} className="flex gap-1 overflow-x-auto border-b border-line -mb-px">
      {tabs.map(({ id, name, letters, network }) => {
        const isOn = id === tab;
        const errors = wrong(id);
        return (
          <button
            key={id}
            id={`compose-tab-${id}`}
            type="button"
            role="tab"
            aria-selected={isOn}
            aria-controls="compose-panel"
            tabIndex={isOn ? 0 : -1}
            onClick={() => setTab(id)}
            title={network ? `${name} on ${network}` : undefined}
            className={`inline-flex items-center gap-2 shrink-0 h-10 max-md:h-11 px-3 text-sm border-b-2 rounded-t-md outline-offset-[-2px] ${
              isOn ? "border-accent-ink text-ink font-semibold" : "border-transparent text-muted hover:text-ink"
            }`}
          >
            {letters && (
              <span aria-hidden="true" className="inline-grid place-items-center size-5 rounded-full bg-accent-soft text-accent-ink text-2xs font-semibold">{letters}</span>
            )}
            <span className="truncate max-w-40">{name}</span>
            {network && <span className={`text-xs font-normal text-muted ${chosen.length > 2 ? "sr-only" : "max-md:sr-only"}`}>{network}</span>}
            {id !== ALL && hasOwn(post, id) && (
              <span className="size-1.5 rounded-full bg-accent"><span className="sr-only">differs</span></span>
            )}
            {errors > 0 && (
              <span className="inline-grid place-items-center min-w-5 h-5 px-1 rounded-full bg-danger-soft text-danger text-2xs font-semibold">
                {errors}<span className="sr-only"> {errors === 1 ? "problem" : "problems"}</span>
              </span>
            )}
          </button>
        );
      })}
    </div>
  );
}

// Says in a channel's tab whether a field is the common one, and gives that back.
export function Own({ field, what }) {
  const { isOwn, inherit, disabled } = field;
  if (isOwn === null) return null;
  if (!isOwn) return <span className="text-xs text-muted">As in all channels, until you change it here</span>;
  return (
    <span className="inline-flex flex-wrap items-center gap-2">
      <span className="rounded-full bg-accent-soft text-accent-ink text-xs font-medium px-2 py-0.5">Only in this channel</span>
      <button type="button" disabled={disabled} className={SMALL} onClick={inherit}>Use the common {what} again</button>
    </span>
  );
}
