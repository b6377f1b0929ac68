import { useEffect, useRef, useState } from "react";

const ask = (address, body) =>
  fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

const UNREACHED = "The server cannot be reached. Nothing was sent; please try again.";

// An invitation: its secret stands behind the #, which no request and no log ever has in its address.
export function Join({ submitClass, plainClass, inputClass, labelClass, className }) {
  const [invited, setInvited] = useState(null);
  const [gone, setGone] = useState("");
  const [said, setSaid] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [isNew, setNew] = useState(true);
  const secret = useRef("");
  const alert = useRef(null);
  useEffect(() => {
    secret.current = window.location.hash.slice(1);
    const look = async () => {
      try {
        const answer = await ask("/api/join/look", { secret: secret.current });
        const body = await answer.json();
        if (answer.ok) setInvited(body);
        else setGone(body.detail);
      } catch {
        setGone(UNREACHED);
      }
    };
    look();
  }, []);

  const refuse = async (answer) => {
    const problem = await answer.json().catch(() => ({}));
    setSaid(problem.detail || `That did not work (${answer.status}). Please try again.`);
    setBusy(false);
    alert.current?.focus();
  };
  const send = async (event) => {
    event.preventDefault();
    setBusy(true);
    setSaid("");
    const given = Object.fromEntries(new FormData(event.target));
    try {
      if (!invited.signed_in_as && !isNew) {
        const answer = await ask("/api/session", given);
        if (!answer.ok) return await refuse(answer);
      }
      const joining = invited.signed_in_as || !isNew ? {} : given;
      const answer = await ask("/api/join", { secret: secret.current, ...joining });
      if (!answer.ok) return await refuse(answer);
      window.location.assign("/");
    } catch {
      setSaid(UNREACHED);
      setBusy(false);
    }
  };

  if (gone)
    return (
      <div className={className}>
        <h1 className="text-2xl font-semibold tracking-tight m-0">This link leads nowhere</h1>
        <p role="alert" className="text-muted mt-2 mb-4">{gone}</p>
        <a href="/" className={plainClass}>To the start page</a>
      </div>
    );
  if (!invited)
    return (
      <div className={className} aria-busy="true">
        <p className="text-muted m-0">Looking at your invitation…</p>
      </div>
    );
  const field = (id, label, more) => (
    <div>
      <label htmlFor={id} className={labelClass}>{label}</label>
      <input id={id} name={id} required className={inputClass} {...more} />
    </div>
  );
  return (
    <div className={className}>
      <h1 className="text-2xl font-semibold tracking-tight m-0">Join {invited.workspace_name}</h1>
      <p className="text-muted mt-1 mb-6">
        {invited.invited_by || "Somebody"} invites you as {invited.role}.
      </p>
      <form onSubmit={send} method="post" className="flex flex-col gap-4">
        {invited.signed_in_as ? (
          <p className="m-0">You are signed in as <strong>{invited.signed_in_as}</strong>.</p>
        ) : (
          <>
            {isNew && field("name", "Your name", { autoComplete: "name", maxLength: 200 })}
            {field("email", "E-mail", { type: "email", autoComplete: "username", maxLength: 254 })}
            {field("password", isNew ? "Password, at least 10 characters" : "Password", {
              type: "password",
              autoComplete: isNew ? "new-password" : "current-password",
              minLength: isNew ? 10 : undefined,
            })}
          </>
        )}
        <div role="alert" ref={alert} tabIndex={-1} className="text-sm text-danger min-h-5 outline-none">{said}</div>
        <button type="submit" disabled={isBusy} className={submitClass}>
          {isBusy ? "Joining…" : invited.signed_in_as ? "Join" : isNew ? "Make an account and join" : "Sign in and join"}
        </button>
        {!invited.signed_in_as && (
          <button type="button" onClick={() => setNew(!isNew)} className={plainClass}>
            {isNew ? "I have an account" : "I am new here"}
          </button>
        )}
      </form>
    </div>
  );
}
