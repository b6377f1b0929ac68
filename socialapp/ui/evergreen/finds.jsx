import { useRef, useState } from "react";
import { useAsked } from "$/public/external/socialapp/ui/components/jsx/asking.js";

const NUMBERS = ["best_percent", "at_least", "from_days", "to_days", "per_week"];

// What the fields of the form around it say, as the API takes it.
function asked(form) {
  const said = new FormData(form);
  const numbers = NUMBERS.map((name) => [name, Number(said.get(name))]);
  return { measure: said.get("measure"), asks: said.get("how") !== "add", ...Object.fromEntries(numbers) };
}

// Shows what the rule of the form would find now, before it is saved.
export function Finds({ address, className }) {
  const [finds, setFinds] = useState(null);
  const { isBusy, told, ask } = useAsked("Nothing was changed.");
  const button = useRef(null);
  const look = async () => {
    const form = button.current.form;
    if (isBusy || !form.reportValidity()) return;
    const rule = asked(form);
    setFinds(null);
    const said = await ask(address, rule);
    if (said) setFinds({ ...said, asks: rule.asks });
  };
  return (
    <div className="flex flex-col gap-2">
      <button ref={button} type="button" onClick={look} aria-busy={isBusy} aria-disabled={isBusy} className={`${className} self-start ${isBusy ? "opacity-60" : ""}`}>
        {isBusy ? "Looking…" : "Show what it finds now"}
      </button>
      <div role="status" className="flex flex-col gap-2 text-sm">
        {told && <p className="m-0 text-danger">{told}</p>}
        {finds && <p className="m-0 font-medium">{summary(finds)}</p>}
        {finds?.notes.map((note) => <p key={note} className="m-0 text-warning">{note}</p>)}
        {finds?.items.length > 0 && (
          <ul aria-label="Found now" className="list-none m-0 p-0 flex flex-col divide-y divide-line border-y border-line">
            {finds.items.map((item) => (
              <li key={item.post_id} className="py-2">
                <p className="m-0 line-clamp-3 break-words">{item.text || "A post without text"}</p>
                <p className="m-0 text-muted">{item.why}</p>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

function summary({ matching, left, asks }) {
  const deed = asks ? "proposed" : "added";
  if (!matching) return "No post fits now. Nothing was changed.";
  const fit = matching === 1 ? "1 post fits." : `${matching} posts fit.`;
  if (!left) return `${fit} None would be ${deed} now: this week, or the list, has no room for more.`;
  return `${fit} Would be ${deed} now:`;
}
