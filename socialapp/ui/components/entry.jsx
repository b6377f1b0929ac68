import { useEffect, useRef, useState } from "react";

// The form works before hydration too: it has no address to be sent to until it is ready.
export function EntryForm({ address, submit, waiting, submitClass, className, children }) {
  const [said, setSaid] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [isReady, setReady] = useState(false);
  const alert = useRef(null);
  useEffect(() => setReady(true), []);
  const send = async (event) => {
    event.preventDefault();
    setBusy(true);
    setSaid("");
    try {
      const answer = await fetch(address, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(Object.fromEntries(new FormData(event.target))),
      });
      if (answer.ok) {
        window.location.assign("/");
        return;
      }
      const problem = await answer.json().catch(() => ({}));
      setSaid(problem.detail || `That did not work (${answer.status}). Please try again.`);
    } catch {
      setSaid("The server cannot be reached. Nothing was sent; please try again.");
    }
    setBusy(false);
    alert.current?.focus();
  };
  return (
    <form onSubmit={send} method="post" className={className}>
      {children}
      <div role="alert" ref={alert} tabIndex={-1} className="text-sm text-danger min-h-5 outline-none">{said}</div>
      <button type="submit" disabled={isBusy || !isReady} className={submitClass}>
        {isBusy ? waiting : submit}
      </button>
    </form>
  );
}
