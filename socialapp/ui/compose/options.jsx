import { useEffect, useState } from "react";
import { CARD, INPUT, QUIET, SMALL } from "./look.js";
import { fallback, offered, saysNothing } from "./offers.js";
import { Poll } from "./poll.jsx";
import { ALL, isOwn } from "./variants.js";

const LANGUAGE = /^(?:[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})?$/;
const HINTS = { language: "For example en or pt-BR.", tags: "Separated by commas." };

// What the networks of a tab offer beside text and media.
export function Options({ written, channels, disabled, setTab }) {
  const offers = offered(channels);
  const { post, tab } = written;
  const isSet = offers.some(({ option }) => isOwn(post, tab, `options.${option.key}`));
  const [isOpen, setOpen] = useState(isSet);
  useEffect(() => {
    if (isSet) setOpen(true);
  }, [isSet]);
  if (!offers.length) return null;
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.target.open)} className={CARD}>
      <summary className="cursor-pointer px-4 py-2.5 max-md:py-3 text-sm font-semibold rounded-lg">
        Options <span className="font-normal text-muted">{offers.map(({ option }) => option.label.toLowerCase()).slice(0, 3).join(", ")}{offers.length > 3 ? ", …" : ""}</span>
      </summary>
      <div className="border-t border-line p-4 grid gap-4 sm:grid-cols-2">
        {offers.map((offer) => <Option key={`${tab} ${offer.option.key}`} offer={offer} written={written} all={channels} disabled={disabled} setTab={setTab} />)}
      </div>
    </details>
  );
}

function Option({ offer, written, all, disabled, setTab }) {
  const { option, channels, isShared } = offer;
  const { post, tab, edit, field } = written;
  const id = `compose-option-${option.key}`;
  const place = `options.${option.key}`;
  const own = isOwn(post, tab, place);
  const otherwise = fallback(offer, tab === ALL ? undefined : post.options[option.key]);
  const { inherit } = field(place);
  const set = (value) => edit(place, value);
  const write = (value) => (saysNothing(value, otherwise) ? inherit() : set(value));
  const value = own ? written.shown.options[option.key] : otherwise;
  const networks = channels.length < all.length ? [...new Set(channels.map((c) => c.network))].join(", ") : "";
  const isPoll = option.kind === "poll";
  return (
    <div className={`flex flex-col gap-1.5 min-w-0 ${isPoll ? "sm:col-span-2" : ""}`}>
      <span className="flex flex-wrap items-baseline gap-x-2">
        {isPoll || !isShared ? <span className="text-sm font-medium">{option.label}</span> : <label htmlFor={id} className="text-sm font-medium">{option.label}</label>}
        {networks && <span className="text-xs text-muted">{networks}</span>}
      </span>
      {isShared ? (
        <Value {...{ id, option, channels, value, own, otherwise, set, write, inherit, tab, disabled }} />
      ) : (
        <div id={id} tabIndex={-1} className="flex flex-wrap items-center gap-1 text-sm text-muted outline-none">
          Each network has its own:
          {channels.map((c) => <button key={c.id} type="button" className={SMALL} onClick={() => setTab(c.id)}>{c.name}</button>)}
          {own && <button type="button" disabled={disabled} className={QUIET} onClick={inherit} aria-label={`Remove the common ${option.label.toLowerCase()}`}>Remove the common one</button>}
        </div>
      )}
      {(option.hint || HINTS[option.kind]) && <span className="text-xs text-muted">{option.hint || HINTS[option.kind]}</span>}
      {own && tab !== ALL && (
        <span className="inline-flex flex-wrap items-center gap-2">
          <span className="rounded-full bg-accent-soft text-accent-ink text-xs font-medium px-2 py-0.5">Only in this channel</span>
          <button type="button" disabled={disabled} className={QUIET} onClick={inherit} aria-label={`Use the common ${option.label.toLowerCase()} again`}>Use the common one again</button>
        </span>
      )}
    </div>
  );
}

function Value({ id, option, channels, value, own, otherwise, set, write, inherit, tab, disabled }) {
  const { kind, choices, label } = option;
  if (kind === "poll") {
    const remove = () => (otherwise ? set(null) : inherit());
    return <Poll {...{ id, label, channels, value, set, remove, disabled }} />;
  }
  if (kind === "choice" || kind === "switch") {
    const all = kind === "switch" ? [[true, "Yes"], [false, "No"]] : choices;
    const held = all.find(([one]) => one === otherwise)?.[1];
    const unset = `${tab === ALL ? "As each channel has it" : "As in all channels"}${held ? ` (${held})` : ""}`;
    return (
      <select
        id={id}
        disabled={disabled}
        value={own ? String(all.findIndex(([one]) => one === value)) : ""}
        onChange={(event) => (event.target.value === "" ? inherit() : set(all[Number(event.target.value)][0]))}
        className={`${INPUT} pr-8`}
      >
        <option value="">{unset}</option>
        {own && !all.some(([one]) => one === value) && <option value="-1">{String(value)}</option>}
        {all.map(([one, words], at) => <option key={String(one)} value={at}>{words}</option>)}
      </select>
    );
  }
  const props = { id, disabled, value, set: write };
  if (kind === "tags") return <Words {...props} write={(tags) => (tags ?? []).join(", ")} read={tagsOf} />;
  if (kind === "language") return <Words {...props} write={(code) => code ?? ""} read={(words) => (LANGUAGE.test(words.trim()) ? words.trim() : null)} />;
  return <input id={id} disabled={disabled} value={value ?? ""} onChange={(event) => write(event.target.value)} className={INPUT} />;
}

const tagsOf = (words) => words.split(",").map((tag) => tag.trim().replace(/^#/, "")).filter(Boolean);

// What is typed is not yet a value: only what can be read is one.
function Words({ id, disabled, value, set, write, read }) {
  const [typed, setTyped] = useState(null);
  const isWrong = typed !== null && read(typed) === null;
  const onChange = (event) => {
    setTyped(event.target.value);
    const found = read(event.target.value);
    if (found !== null) set(found);
  };
  return (
    <input
      id={id}
      disabled={disabled}
      value={typed ?? write(value)}
      aria-invalid={isWrong || undefined}
      onChange={onChange}
      onBlur={() => setTyped(null)}
      className={`${INPUT} ${isWrong ? "!border-danger" : ""}`}
    />
  );
}
