import { useEffect, useId, useRef, useState } from "react";
import { CopyButton } from "$/public/external/socialapp/ui/components/jsx/browser.jsx";
import { DANGER, INPUT, NOTE, PLAIN, PRIMARY, QUIET } from "$/public/external/socialapp/ui/compose/widgets/look.js";

const SLOW_MS = 6000;
const UNREACHED = "The app did not answer. Nothing was changed; try again.";
const MARK = "grid place-items-center size-9 shrink-0 rounded-md border border-line bg-sunken text-ink text-xs font-semibold";

const Spinner = () => (
  <svg width="14" height="14" viewBox="0 0 16 16" aria-hidden="true" className="animate-spin" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round">
    <path d="M14 8a6 6 0 11-2.2-4.6" />
  </svg>
);

async function send(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return { isGood: answer.ok, body: await answer.json() };
}

// The words of a problem, by the field that they are about; "" is about none that is shown.
function sorted(problem, way) {
  const found = problem.errors?.length ? problem.errors : [{ field: "", message: problem.detail || UNREACHED }];
  const shown = {};
  for (const { field, message } of found) {
    const its = way.fields.find((f) => f.key === field.replace(/^fields\./, ""));
    const words = its ? message.replace(`${its.label}: `, "") : message;
    const key = its?.key ?? "";
    shown[key] = [shown[key], words.charAt(0).toUpperCase() + words.slice(1)].filter(Boolean).join(" ");
  }
  return shown;
}

// Once the dialog around it is open: that puts the focus on its close button.
function useFocus(box, what, ...when) {
  useEffect(() => {
    const timer = setTimeout(() => box.current?.querySelector(what)?.focus(), 0);
    return () => clearTimeout(timer);
  }, when);
}

function Networks({ networks, onChoose }) {
  const list = useRef(null);
  useFocus(list, "button");
  return (
    <ul ref={list} className="list-none m-0 p-0 grid gap-2">
      {networks.map((network) => (
        <li key={network.key}>
          <button
            type="button"
            onClick={() => onChoose(network.key)}
            className="flex items-center gap-3 w-full rounded-lg border border-line bg-surface p-2.5 text-left hover:bg-sunken hover:border-line-strong"
          >
            <span className={MARK} aria-hidden="true">{network.mark}</span>
            <span className="min-w-0">
              <span className="block font-medium text-ink">{network.name}</span>
              <span className="block text-xs text-muted">{network.line}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Ways({ ways, chosen, onChoose, isBusy }) {
  const name = useId();
  return (
    <fieldset className="border-0 m-0 p-0 flex flex-col gap-1" disabled={isBusy}>
      <legend className="text-sm font-medium mb-1 p-0">How</legend>
      {ways.map((way) => (
        <label key={way.key} className="flex items-center gap-2.5 min-h-9 max-md:min-h-11 rounded-md px-2 hover:bg-sunken cursor-pointer">
          <input type="radio" name={name} checked={way.key === chosen} onChange={() => onChoose(way.key)} className="accent-[var(--accent)] size-4" />
          {way.title}
        </label>
      ))}
    </fieldset>
  );
}

function Secret({ ...props }) {
  const [isShown, setShown] = useState(false);
  return (
    <div className="relative">
      <input {...props} type={isShown ? "text" : "password"} className={`${props.className} pr-16`} />
      <button
        type="button"
        aria-pressed={isShown}
        aria-label={isShown ? "Hide what is typed" : "Show what is typed"}
        onClick={() => setShown(!isShown)}
        className="absolute inset-y-0.5 right-0.5 px-3 rounded-md text-sm text-muted hover:text-ink"
      >
        {isShown ? "Hide" : "Show"}
      </button>
    </div>
  );
}

function Typed({ field, value, said, isBusy }) {
  const id = useId();
  const described = [field.hint && `${id}-hint`, said && `${id}-said`].filter(Boolean).join(" ");
  const control = {
    id,
    name: field.key,
    defaultValue: value,
    required: !field.is_optional,
    "aria-invalid": said ? true : undefined,
    "aria-describedby": described || undefined,
    className: `${INPUT} ${said ? "!border-danger" : ""}`,
  };
  const typed = {
    ...control,
    placeholder: field.placeholder,
    readOnly: isBusy,
    maxLength: 4000,
    autoComplete: field.is_secret ? "new-password" : "off",
    autoCapitalize: "none",
    autoCorrect: "off",
    spellCheck: false,
  };
  return (
    <div>
      <label htmlFor={id} className="block text-sm font-medium text-ink mb-1">
        {field.label}
        {field.is_optional && <span className="font-normal text-muted"> (optional)</span>}
      </label>
      {field.choices.length ? (
        <select {...control} disabled={isBusy}>
          {field.is_optional && <option value="">Nothing chosen</option>}
          {field.choices.map((choice) => (
            <option key={choice.value} value={choice.value}>{choice.label}</option>
          ))}
        </select>
      ) : field.is_secret ? (
        <Secret {...typed} />
      ) : (
        <input {...typed} type="text" />
      )}
      {said && <p id={`${id}-said`} className="m-0 mt-1 text-sm text-danger">{said}</p>}
      {field.hint && <p id={`${id}-hint`} className="m-0 mt-1 text-xs text-muted">{field.hint}</p>}
    </div>
  );
}

// What was made for the person; nobody can read it again, not even the app's own pages.
function Shown({ secrets, onDone }) {
  const box = useRef(null);
  useFocus(box, "button");
  return (
    <div ref={box} className="flex flex-col gap-4">
      <p role="status" className={`m-0 ${NOTE}`}>The channel is connected. Copy this now: it is not shown again.</p>
      {secrets.map(([label, secret]) => (
        <div key={label}>
          <p className="m-0 mb-1 text-sm font-medium">{label}</p>
          <div className="flex items-center gap-2">
            <code data-copy className="grow min-w-0 break-all rounded-md border border-line bg-sunken px-2 py-1.5 text-sm">{secret}</code>
            <CopyButton text={secret} className={PLAIN} />
          </div>
        </div>
      ))}
      <div className="flex justify-end">
        <button type="button" className={PRIMARY} onClick={onDone}>Done</button>
      </div>
    </div>
  );
}

function Form({ network, start, onBack, onCancel, onConnected }) {
  const [key, setKey] = useState(network.ways[0].key);
  const way = network.ways.find((w) => w.key === key) ?? network.ways[0];
  const [said, setSaid] = useState({});
  // "", "asking", "slow" or "leaving".
  const [busy, setBusy] = useState("");
  const [shown, setShown] = useState(null);
  const form = useRef(null);
  const isBusy = busy !== "";

  useFocus(form, "input:not([type=radio]),select,[type=submit]", key);
  useEffect(() => {
    if (Object.keys(said).length) form.current?.querySelector("[aria-invalid],[role=alert]")?.focus();
  }, [said]);
  useEffect(() => {
    if (busy !== "asking") return;
    const timer = setTimeout(() => setBusy("slow"), SLOW_MS);
    return () => clearTimeout(timer);
  }, [busy]);
  useEffect(() => {
    // Somebody who goes back from the network's page finds the form as it was.
    const back = (event) => event.persisted && setBusy("");
    window.addEventListener("pageshow", back);
    return () => window.removeEventListener("pageshow", back);
  }, []);

  const submit = async (event) => {
    event.preventDefault();
    if (isBusy) return;
    setSaid({});
    setBusy("asking");
    const body = {
      provider: network.key,
      way: way.key,
      fields: Object.fromEntries(new FormData(form.current)),
      ...(start.channel_id ? { channel_id: start.channel_id } : {}),
    };
    // What belongs to the form alone, as the choice of the way, is no field of the network.
    body.fields = Object.fromEntries(way.fields.map((f) => [f.key, body.fields[f.key] ?? ""]));
    try {
      const answer = await send(way.is_visit ? "/api/channels/visit" : "/api/channels", body);
      if (!answer.isGood) {
        setSaid(sorted(answer.body, way));
        setBusy("");
      } else if (way.is_visit) {
        setBusy("leaving");
        window.location.assign(answer.body.url);
      } else {
        const secrets = Object.entries(answer.body.shown ?? {});
        if (secrets.length) setShown({ id: answer.body.id, secrets });
        else onConnected(answer.body.id);
      }
    } catch {
      setSaid({ "": UNREACHED });
      setBusy("");
    }
  };

  if (shown) return <Shown secrets={shown.secrets} onDone={() => onConnected(shown.id)} />;
  const progress = {
    asking: `Asking ${network.name}…`,
    slow: `${network.name} takes its time. It is asked for half a minute at most.`,
    leaving: `On the way to ${network.name}…`,
  }[busy];
  return (
    <form ref={form} onSubmit={submit} noValidate aria-busy={isBusy} className="flex flex-col gap-4">
      <div className="flex items-center gap-3">
        <span className={MARK} aria-hidden="true">{network.mark}</span>
        <span className="min-w-0 grow">
          <span className="block font-medium text-ink">{network.name}</span>
          <span className="block text-xs text-muted">{network.line}</span>
        </span>
        {onBack && (
          <button type="button" className={QUIET} onClick={onBack} disabled={isBusy}>Another network</button>
        )}
      </div>
      {start.words && <p className={`m-0 ${NOTE}`}>{start.words}</p>}
      {said[""] && (
        <p role="alert" tabIndex={-1} className={`m-0 break-words outline-none ${DANGER}`}>{said[""]}</p>
      )}
      {network.ways.length > 1 && (
        <Ways
          ways={network.ways}
          chosen={way.key}
          isBusy={isBusy}
          onChoose={(chosen) => {
            setSaid({});
            setKey(chosen);
          }}
        />
      )}
      <p className="m-0 text-muted whitespace-pre-line">{way.text}</p>
      {way.fields.map((field) => (
        <Typed key={`${way.key}/${field.key}`} field={field} value={start.given[field.key] ?? ""} said={said[field.key]} isBusy={isBusy} />
      ))}
      <div role="status" className="text-sm text-muted empty:hidden">{progress}</div>
      <div className="sticky -bottom-4 -mx-5 -mb-4 px-5 py-3 bg-raised border-t border-line flex flex-wrap justify-end gap-2 max-md:*:grow">
        <button type="button" className={PLAIN} onClick={onCancel}>Not now</button>
        <button type="submit" className={PRIMARY} disabled={isBusy}>
          {isBusy && <Spinner />}
          {way.is_visit ? `Continue at ${network.name}` : start.channel_id ? "Connect it again" : "Connect the channel"}
        </button>
      </div>
    </form>
  );
}

export function ConnectForm({ networks, start, onConnected, onCancel }) {
  const [chosen, setChosen] = useState(start.network);
  useEffect(() => setChosen(start.network), [start.network, start.channel_id]);
  const network = networks.find((n) => n.key === chosen);
  if (!network) return <Networks networks={networks} onChoose={setChosen} />;
  return (
    <Form
      key={network.key}
      network={network}
      start={start}
      onBack={start.network ? null : () => setChosen("")}
      onCancel={onCancel}
      onConnected={onConnected}
    />
  );
}
