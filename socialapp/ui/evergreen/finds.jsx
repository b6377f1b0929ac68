import { useRef, useState } from "react";

const UNREACHED = "The app did not answer. Nothing was changed; try again.";
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
  const [refusal, setRefusal] = useState("");
  const [isBusy, setBusy] = useState(false);
  const button = useRef(null);
  const ask = async () => {
    const form = button.current.form;
    if (isBusy || !form.reportValidity()) return;
    const rule = asked(form);
    setBusy(true);
    setRefusal("");
    setFinds(null);
    try {
      const answer = await fetch(address, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(rule),
      });
      const said = await answer.json();
      if (answer.ok) setFinds({ ...said, asks: rule.asks });
      else setRefusal(said.errors?.[0]?.message ?? said.detail);
    } catch {
      setRefusal(UNREACHED);
    }
    setBusy(false);
  };
  return (
    <div className="flex flex-col gap-2">
      <button ref={button} type="button" onClick={ask} aria-busy={isBusy} aria-disabled={isBusy} className={`${className} self-start ${isBusy ? "opacity-60" : ""}`}>
        {isBusy ? "Looking…" : "Show what it finds now"}
      </button>
      <div role="status" className="flex flex-col gap-2 text-sm">
        {refusal && <p className="m-0 text-danger">{refusal}</p>}
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
