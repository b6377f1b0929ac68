import { useEffect, useState } from "react";
import { useAsked } from "$/public/external/socialapp/ui/components/jsx/asking.js";
import { PLAIN, PRIMARY, QUIET, SMALL } from "./look.js";

const FIELD = "compose-text-0";

// A text that is proposed for what stands in the open tab. It is put in by a click, and never in the place of anything.
export function useProposed({ tab, text, media, channels }) {
  const [found, setFound] = useState(null);
  const { isBusy, told, setTold, ask, stop } = useAsked("Nothing was proposed.");
  const dismiss = () => (setFound(null), setTold(""));
  useEffect(() => () => (stop(), dismiss()), [tab]);
  const propose = async () => {
    if (isBusy) return stop();
    dismiss();
    return setFound(await ask("/api/proposals/caption", { text, media_ids: media.map(({ id }) => id), channel_ids: channels.map(({ id }) => id) }));
  };
  return { found, isBusy, told, propose, dismiss, isEmpty: !text.trim() };
}

export function ProposeButton({ isBusy, propose, disabled }) {
  return (
    <button type="button" disabled={disabled} onClick={propose} aria-busy={isBusy} className={`${QUIET} -my-1.5`}>
      {isBusy ? "Stop asking" : "Propose a text"}
    </button>
  );
}

// As if it were typed at the end: what counts and previews hears of it, and Ctrl Z takes it back.
function typeAtEnd(text) {
  const field = document.getElementById(FIELD);
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
  document.execCommand("insertText", false, (field.value.trim() ? "\n\n" : "") + text);
}

export function Proposed({ found, isBusy, told, dismiss, isEmpty, disabled }) {
  const take = () => {
    typeAtEnd(found.text);
    dismiss();
  };
  const leave = () => {
    dismiss();
    document.getElementById(FIELD)?.focus();
  };
  return (
    <div role="status" className={found || told || isBusy ? "border-t border-line px-4 py-3 text-sm" : ""}>
      {isBusy && <p className="m-0 text-muted">Asking for a text…</p>}
      {told && (
        <p className="m-0 flex flex-wrap items-center gap-2 text-danger">
          <span className="grow basis-60">{told}</span>
          <button type="button" className={SMALL} onClick={leave}>Close</button>
        </p>
      )}
      {found && (
        <section aria-label="Proposed text" className="flex flex-col gap-2">
          <p className="m-0 text-muted">
            <strong className="font-medium text-accent-ink">Proposed</strong> by {found.host}. It may be wrong: read it before you use it.
          </p>
          <p data-testid="proposed-text" className="m-0 whitespace-pre-wrap break-words rounded-md border border-dashed border-accent-ink bg-accent-soft px-3 py-2 text-base max-h-60 overflow-y-auto" tabIndex={0}>
            {found.text}
          </p>
          {found.too_long.map(({ network, count, limit }) => (
            <p key={network} className="m-0 text-warning">{network} takes at most {limit}; this has {count}. Nothing was cut off.</p>
          ))}
          <div className="flex flex-wrap gap-2 max-md:*:grow">
            <button type="button" className={PRIMARY} disabled={disabled} onClick={take}>{isEmpty ? "Use it" : "Add it below"}</button>
            <button type="button" className={PLAIN} onClick={leave}>Dismiss</button>
          </div>
        </section>
      )}
    </div>
  );
}
