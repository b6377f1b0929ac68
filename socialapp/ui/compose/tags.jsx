import { useId, useState } from "react";
import { CARD, INPUT, ITEM, TITLE } from "./look.js";
import { fit } from "$/public/external/socialapp/ui/components/jsx/fuzzy.js";

const AT_MOST = 50;
const SHOWN = 8;
const plain = (words) => words.trim().replace(/^[#\s]+/, "").replace(/\s+/g, " ").slice(0, 100);
const isIn = (tags, tag) => tags.some((one) => one.toLowerCase() === tag.toLowerCase());

// What people sort and find posts by; networks are not sent it.
export function Labels({ post, known, setTags, setCampaign, disabled }) {
  const list = useId();
  return (
    <section aria-labelledby="compose-labels" className={`${CARD} px-4 py-3 flex flex-col gap-3`}>
      <h2 id="compose-labels" className={TITLE}>Tags and campaign <span className="font-normal text-muted">· to find it by, not sent</span></h2>
      <div className="grid sm:grid-cols-[minmax(0,1fr)_14rem] gap-3 items-start">
        <Tags tags={post.tags} setTags={setTags} known={known.tags} disabled={disabled} />
        <label className="flex flex-col gap-1 text-sm font-medium">
          Campaign
          <input value={post.campaign} onChange={(event) => setCampaign(event.target.value)} list={list} maxLength={200} disabled={disabled} autoComplete="off" className={`${INPUT} font-normal disabled:opacity-70`} />
          <datalist id={list}>{known.campaigns.map((one) => <option key={one} value={one} />)}</datalist>
        </label>
      </div>
    </section>
  );
}

// Chips, and a field that adds one: by Enter or a comma, or from the tags that are in use. Backspace takes the last away.
function Tags({ tags, setTags, known, disabled }) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(-1);
  const [isOpen, setOpen] = useState(false);
  const [said, setSaid] = useState("");
  const words = plain(typed);
  const left = known.filter((one) => !isIn(tags, one));
  const found = (words ? left.map((one) => [fit(words, one), one]).filter(([how]) => how > 0).sort(([a], [b]) => b - a).map(([, one]) => one) : left).slice(0, SHOWN);
  const shown = isOpen && !disabled ? found : [];
  const current = Math.min(at, shown.length - 1);

  const add = (...some) => {
    const next = [...tags];
    for (const tag of some.map(plain)) {
      const usual = known.find((one) => one.toLowerCase() === tag.toLowerCase()) ?? tag;
      if (usual && !isIn(next, usual) && next.length < AT_MOST) next.push(usual);
    }
    setTyped("");
    setAt(-1);
    if (next.length === tags.length) return;
    setTags(next);
    setSaid(`${next.slice(tags.length).join(", ")} added.`);
  };
  const remove = (tag) => {
    setTags(tags.filter((one) => one !== tag));
    setSaid(`${tag} removed.`);
    document.getElementById(id)?.focus();
  };
  const change = (event) => {
    const pieces = event.target.value.split(/[,;\n]/);
    setOpen(true);
    setAt(-1);
    if (pieces.length > 1) add(...pieces);
    else setTyped(event.target.value);
  };
  const onKey = (event) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      setOpen(true);
      setAt(current < 0 && step < 0 ? found.length - 1 : (current + step + found.length) % found.length);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      if (current >= 0) add(shown[current]);
      else if (words) add(typed);
    } else if (event.key === "Escape" && shown.length) {
      setOpen(false);
      setAt(-1);
      event.stopPropagation();
    } else if (event.key === "Backspace" && !typed && tags.length) remove(tags.at(-1));
    else return;
    event.preventDefault();
  };
  const leave = () => {
    setOpen(false);
    if (words) add(typed);
  };

  return (
    <div className="relative flex flex-col gap-1 min-w-0">
      <label htmlFor={id} className="text-sm font-medium">Tags</label>
      <div className="flex flex-wrap items-center gap-1 rounded-md border border-control bg-surface px-1.5 py-1 min-h-9 max-md:min-h-11 focus-within:border-accent-ink focus-within:outline-2 focus-within:outline-accent-ink focus-within:outline-offset-1">
        <ul aria-label="Tags of the post" className="contents list-none">
          {tags.map((tag) => (
            <li key={tag} className="inline-flex items-center max-w-full rounded-full bg-accent-soft text-accent-ink text-sm pl-2.5">
              <span className="truncate">{tag}</span>
              <button type="button" disabled={disabled} onClick={() => remove(tag)} aria-label={`Remove the tag ${tag}`} className="grid place-items-center size-6 max-md:size-9 rounded-full hover:bg-sunken disabled:hidden">
                <svg width="10" height="10" viewBox="0 0 16 16" aria-hidden="true"><path d="M3 3l10 10M13 3L3 13" stroke="currentColor" strokeWidth="2" strokeLinecap="round" /></svg>
              </button>
              {disabled && <span className="pr-2.5" />}
            </li>
          ))}
        </ul>
        <input
          id={id}
          role="combobox"
          aria-expanded={shown.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={current >= 0 ? `${id}-${current}` : undefined}
          aria-describedby={`${id}-hint`}
          autoComplete="off"
          value={typed}
          disabled={disabled || tags.length >= AT_MOST}
          onChange={change}
          onKeyDown={onKey}
          onFocus={() => setOpen(true)}
          onBlur={leave}
          className="grow basis-24 min-w-0 bg-transparent border-0 !outline-none px-1.5 h-7 text-base text-ink disabled:hidden"
        />
      </div>
      <p id={`${id}-hint`} className="m-0 text-xs text-muted">Enter or a comma adds one.</p>
      <div id={`${id}-list`} role="listbox" aria-label="Tags in use" hidden={!shown.length} className="absolute z-20 top-full -mt-4 inset-x-0 max-h-64 overflow-y-auto rounded-md border border-line bg-raised shadow-float p-1">
        {shown.map((tag, place) => (
          <div
            key={tag}
            id={`${id}-${place}`}
            role="option"
            aria-selected={place === current}
            onMouseDown={(event) => event.preventDefault()}
            onMouseMove={() => setAt(place)}
            onClick={() => add(tag)}
            className={`${ITEM} cursor-pointer ${place === current ? "!bg-accent-soft !text-accent-ink" : ""}`}
          >
            <span className="truncate">{tag}</span>
          </div>
        ))}
      </div>
      <div role="status" className="sr-only">{said}</div>
    </div>
  );
}
