import { useEffect, useState } from "react";
import { useAsked } from "$/public/external/socialapp/ui/components/jsx/asking.js";

// Fills the field with the id `field` with a description that is proposed, if it is empty before and after.
export function Propose({ media, field, className }) {
  const { isBusy, told, setTold, ask, stop } = useAsked("Nothing was proposed.");
  const [isEmpty, setEmpty] = useState(true);
  const [from, setFrom] = useState("");
  const written = () => document.getElementById(field);
  const mark = (host) => {
    written()?.toggleAttribute("data-proposed", !!host);
    setFrom(host);
  };
  useEffect(() => {
    const here = written();
    if (!here) return undefined;
    const look = () => setEmpty(!here.value.trim());
    // What a person changes is theirs.
    const onInput = () => (look(), mark(""));
    look();
    here.addEventListener("input", onInput);
    return () => here.removeEventListener("input", onInput);
  }, [media, field]);
  const put = (text, host) => {
    written().value = text;
    setEmpty(!text);
    mark(host);
    written().focus();
  };
  const propose = async () => {
    if (isBusy) return stop();
    if (written().value.trim()) return undefined;
    const found = await ask("/api/proposals/alt-text", { media_id: media });
    if (!found || !written()) return undefined;
    if (written().value.trim()) return setTold("You have written something meanwhile, so the proposal was thrown away.");
    return put(found.text, found.host);
  };
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm">
      {from ? (
        <button type="button" className={className} onClick={() => put("", "")}>Throw it away</button>
      ) : (
        <button type="button" className={className} onClick={propose} disabled={!isEmpty && !isBusy} aria-busy={isBusy}>
          {isBusy ? "Stop asking" : "Propose a description"}
        </button>
      )}
      <span role="status" className="grow basis-40 text-muted">
        {from && <><strong className="font-medium text-accent-ink">Proposed</strong> by {from}. It may be wrong: read it, change it. It is kept when you save it.</>}
        {!from && (isBusy ? "Looking at the picture…" : !isEmpty && !told ? "Only an empty field is filled." : "")}
        {!from && told && <span className="text-danger">{told}</span>}
      </span>
    </div>
  );
}
