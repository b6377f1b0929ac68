import { useState } from "react";

const UNREACHED = "The app did not answer. Nothing was changed; try again.";

// Asks the API something that takes seconds: a handler of the page would hold all others up.
export function AskButton({ address, busy, className, children, onAnswer }) {
  const [isBusy, setBusy] = useState(false);
  const ask = async () => {
    if (isBusy) return;
    setBusy(true);
    try {
      const answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json" } });
      const said = await answer.json();
      onAnswer(answer.ok && said.ok ? "good" : "error", said.detail);
    } catch {
      onAnswer("error", UNREACHED);
    }
    setBusy(false);
  };
  return (
    <button type="button" onClick={ask} aria-busy={isBusy} aria-disabled={isBusy} className={`${className} ${isBusy ? "opacity-60" : ""}`}>
      {isBusy ? busy : children}
    </button>
  );
}
