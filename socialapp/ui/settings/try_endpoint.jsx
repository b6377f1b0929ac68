import { useRef, useState } from "react";
import { useAsked } from "$/public/external/socialapp/ui/components/jsx/asking.js";

// What the fields of the form around it say, as the API takes it.
function asked(form) {
  const said = new FormData(form);
  return {
    url: said.get("proposal_url"),
    model: said.get("proposal_model"),
    key: said.get("proposal_key"),
    sees_pictures: said.has("proposal_sees"),
  };
}

// Asks the endpoint of the form something that has nothing of the workspace in it but the key; nothing is kept.
export function TryEndpoint({ className }) {
  const { isBusy, told, ask, stop } = useAsked("Nothing was saved.");
  const [found, setFound] = useState(null);
  const button = useRef(null);
  const attempt = async () => {
    if (isBusy) return stop();
    if (!button.current.form.reportValidity()) return undefined;
    setFound(null);
    return setFound(await ask("/api/proposals/try", asked(button.current.form)));
  };
  return (
    <div className="flex flex-col gap-2">
      <button ref={button} type="button" onClick={attempt} aria-busy={isBusy} className={`${className} self-start`}>
        {isBusy ? "Stop asking" : "Try it"}
      </button>
      <div role="status" className="text-sm empty:hidden">
        {isBusy && <p className="m-0 text-muted">Asking. A model that starts may take a minute.</p>}
        {told && <p className="m-0 text-danger break-words">{told}</p>}
        {found && !found.ok && <p className="m-0 text-danger break-words">{found.detail}</p>}
        {found?.ok && (
          <div className="rounded-md border border-line bg-sunken p-3">
            <p className="m-0 mb-1 text-good font-medium">It works. {found.detail}</p>
            <p className="m-0 whitespace-pre-wrap break-words">{found.text}</p>
            <p className="m-0 mt-1 text-muted">Nothing was saved. The model and the key were sent, and nothing else of this workspace.</p>
          </div>
        )}
      </div>
    </div>
  );
}
