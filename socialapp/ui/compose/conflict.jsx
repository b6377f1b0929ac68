import { useEffect, useRef } from "react";
import { Difference } from "./difference.jsx";
import { CARD, SMALL } from "./look.js";

// Somebody saved another text meanwhile: what differs, and the three ways out. `theirs` is what is saved; overwriting is
// for that alone, so that what came after it is shown first.
export function Conflict({ kind, theirs, mine, nameOf, onReload, onNew, onOverwrite }) {
  const box = useRef(null);
  useEffect(() => {
    // Whoever is typing is not torn away from it: nothing is lost until they look up.
    if (!/^(TEXTAREA|INPUT)$/.test(document.activeElement?.tagName)) box.current.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <section ref={box} aria-label={`This ${kind} was changed meanwhile`} className={`${CARD} border-danger-line p-4 flex flex-col gap-3`}>
      <div role="alert" className="text-base">
        <p className="m-0 font-semibold text-danger">
          {theirs ? (theirs.is_me ? "You saved" : `${theirs.by || "Somebody"} saved`) : "Somebody changed"} this {kind} meanwhile
          {theirs?.is_me ? ", in another tab or from a program." : "."}
        </p>
        <p className="m-0 text-muted">
          {theirs && <span className="block">Saved {theirs.when}.</span>}
          Nothing was overwritten, and your text is still here. It is not saved until you choose.
        </p>
      </div>
      {theirs && <Difference from={theirs} to={mine} before={`only in ${theirs.is_me || !theirs.by ? "the saved one" : `what ${theirs.by} saved`}`} after="only in yours" nameOf={nameOf} />}
      <div className="flex flex-wrap gap-2 max-md:*:grow">
        <button type="button" className={SMALL} onClick={onReload}>Reload, and put mine aside</button>
        <button type="button" className={SMALL} onClick={onNew}>Save mine as a new draft</button>
        {theirs && <button type="button" className={`${SMALL} !text-danger`} onClick={onOverwrite}>Overwrite with mine</button>}
      </div>
      {theirs && <p className="m-0 text-xs text-muted">What is overwritten stays in the version history.</p>}
    </section>
  );
}
