import { useEffect, useId, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { chance } from "./desk.js";
import { INPUT, ITEM, PLAIN, PRIMARY, QUIET } from "./look.js";

// The ways from a template to a post, and from a post to a template. `kept` answers the wish to keep one.
export function Templates({ content, isBlank, kept, onKeep }) {
  const [isOpen, setOpen] = useState("");
  return (
    <div className="flex flex-wrap gap-x-1 gap-y-1 md:ml-auto">
      <button type="button" aria-haspopup="dialog" onClick={() => setOpen("use")} className={QUIET}>New from template</button>
      <button type="button" aria-haspopup="dialog" disabled={isBlank} onClick={() => setOpen("keep")} className={QUIET}>Save as template</button>
      {isOpen === "use" && <Use close={() => setOpen("")} />}
      {isOpen === "keep" && <Keep content={content} kept={kept} onKeep={onKeep} close={() => setOpen("")} />}
    </div>
  );
}

function Box({ title, close, children }) {
  const box = useRef(null);
  const name = useId();
  useEffect(() => {
    box.current.showModal();
    box.current.querySelector("input")?.focus();
  }, []);
  return (
    <dialog
      ref={box}
      aria-labelledby={name}
      onCancel={(event) => { event.preventDefault(); close(); }}
      onMouseDown={(event) => event.target === box.current && close()}
      className="bg-raised text-ink shadow-float p-0 border border-line overflow-hidden open:flex flex-col rounded-xl m-auto w-[min(28rem,calc(100vw-1rem))] max-h-[80dvh]"
    >
      <header className="flex items-center justify-between gap-3 pl-5 pr-3 py-3 border-b border-line">
        <h2 id={name} className="text-lg font-semibold m-0">{title}</h2>
        <button type="button" aria-label="Close" onClick={close} className="inline-flex items-center justify-center size-9 max-md:size-11 rounded-md text-muted hover:text-ink hover:bg-sunken">
          <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><path d="M3 3l10 10M13 3L3 13" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" /></svg>
        </button>
      </header>
      {children}
    </dialog>
  );
}

function Use({ close }) {
  const navigate = useNavigate();
  const [found, setFound] = useState(null);
  useEffect(() => {
    let isWanted = true;
    fetch("/api/templates", { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .then(({ items }) => isWanted && setFound(items), () => isWanted && setFound("trouble"));
    return () => { isWanted = false; };
  }, []);
  const all = Array.isArray(found) ? found : [];
  const told = found === null ? "Loading" : found === "trouble" ? "The templates could not be read. Nothing was changed; close this and try again." : all.length ? "" : "There are no templates yet. Write a post, and choose Save as template.";
  return (
    <Box title="New from template" close={close}>
      <ul aria-label="Templates" className="list-none m-0 p-2 overflow-y-auto empty:hidden">
        {all.map(({ id, name, text }) => (
          <li key={id}>
            <button type="button" onClick={() => (close(), navigate(`/compose/?template=${id}`))} className={`${ITEM} !h-auto min-h-11 py-1.5`}>
              <span className="min-w-0">
                <span className="block font-medium truncate">{name}</span>
                <span className="block text-sm text-muted truncate">{text}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <p role="status" className="m-0 px-5 py-4 text-muted empty:hidden">{told}</p>
      {all.length > 0 && <p className="m-0 px-5 pb-4 text-sm text-muted">A new post begins with it. What you are writing stays a draft.</p>}
    </Box>
  );
}

function Keep({ content, kept, onKeep, close }) {
  const [name, setName] = useState("");
  const [ticket, setTicket] = useState("");
  const id = useId();
  const isDone = ticket && kept.ticket === ticket;
  const keep = (event) => {
    event.preventDefault();
    const mine = chance();
    setTicket(mine);
    onKeep({ ...content, ticket: mine, key: "template", seq: 0, post_id: 0, revision: 0, name });
  };
  if (isDone && !kept.trouble) {
    return (
      <Box title="Save as template" close={close}>
        <p role="status" className="m-0 px-5 pt-4">“{kept.name}” is saved. You find it under Texts.</p>
        <div className="flex justify-end px-5 py-4"><button type="button" autoFocus onClick={close} className={PRIMARY}>Close</button></div>
      </Box>
    );
  }
  return (
    <Box title="Save as template" close={close}>
      <form onSubmit={keep} className="flex flex-col gap-3 px-5 py-4">
        <label htmlFor={id} className="flex flex-col gap-1 text-sm font-medium">
          Name
          <input id={id} required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} autoComplete="off" className={`${INPUT} font-normal`} />
        </label>
        <p className="m-0 text-sm text-muted">It holds the text, thread, media, options, what differs by channel, tags and campaign.</p>
        {isDone && kept.trouble && <p role="alert" className="m-0 text-sm text-danger">{kept.trouble}</p>}
        <div className="flex justify-end gap-2 max-md:*:grow">
          <button type="button" onClick={close} className={PLAIN}>Leave it</button>
          <button type="submit" disabled={Boolean(ticket) && !isDone} className={PRIMARY}>Save the template</button>
        </div>
      </form>
    </Box>
  );
}
