import { useEffect, useId, useRef, useState } from "react";
import { INPUT, ITEM, QUIET, SMALL } from "./look.js";

const PLACE = "/api/channel-groups";
const UNREACHED = "The app did not answer. Nothing was saved; try again.";

// Answers with what the API says, or with why it could not be done.
async function ask(method, address, body) {
  try {
    const answer = await fetch(address, { method, headers: { "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
    const said = answer.status === 204 ? {} : await answer.json();
    return answer.ok ? { said } : { trouble: said.errors?.[0]?.message ?? said.detail };
  } catch {
    return { trouble: UNREACHED };
  }
}

const isAlike = (one, other) => one.length === other.length && one.every((id) => other.includes(id));

// Channels that are chosen together: a menu that chooses, saves, renames and forgets groups.
export function Groups({ channels, chosen, setChosen, disabled }) {
  const [groups, setGroups] = useState([]);
  const [isOpen, setOpen] = useState(false);
  const [named, setNamed] = useState(null);
  const [trouble, setTrouble] = useState("");
  const [said, setSaid] = useState("");
  const box = useRef(null);
  const button = useRef(null);
  const id = useId();
  const open = new Set(channels.filter((c) => c.is_open).map((c) => c.id));
  const read = async () => {
    const { said: found } = await ask("GET", PLACE);
    if (found) setGroups(found.items);
  };
  useEffect(() => { read(); }, []);
  useEffect(() => {
    const outside = (event) => !box.current?.contains(event.target) && setOpen(false);
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, []);
  const close = () => {
    setOpen(false);
    setNamed(null);
    setTrouble("");
    button.current?.focus();
  };
  const keep = async (method, address, body, words) => {
    const { trouble: why } = await ask(method, address, body);
    setTrouble(why ?? "");
    if (why) return;
    setSaid(words);
    setNamed(null);
    await read();
  };
  const save = (event) => {
    event.preventDefault();
    event.stopPropagation();
    const name = new FormData(event.currentTarget).get("group");
    if (named?.id) keep("PATCH", `${PLACE}/${named.id}`, { name }, `Renamed to ${name}.`);
    else keep("POST", PLACE, { name, channel_ids: chosen }, `Saved as ${name}.`);
  };
  const form = (
    <form onSubmit={save} className="flex gap-1.5 p-1">
      <input key={named?.id ?? 0} name="group" autoFocus required maxLength={60} defaultValue={named?.name ?? ""} aria-label="Name of the group" placeholder="Its name" autoComplete="off" className={INPUT} />
      <button type="submit" className={SMALL}>Save</button>
    </form>
  );
  return (
    <span
      ref={box}
      className="relative inline-flex"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        event.stopPropagation();
        close();
      }}
    >
      <button ref={button} type="button" aria-expanded={isOpen} aria-controls={id} className={QUIET} onClick={() => (isOpen ? close() : setOpen(true))}>
        Groups
      </button>
      <div role="status" className="sr-only">{said}</div>
      <div id={id} hidden={!isOpen} role="group" aria-label="Groups of channels" className="absolute top-full mt-1 right-0 max-md:left-0 max-md:right-auto z-40 w-[min(20rem,calc(100vw-2rem))] rounded-lg border border-line bg-raised shadow-float p-1 animate-appear">
        {!groups.length && <p className="m-0 px-2.5 py-2 text-sm text-muted">Choose channels, and save them as a group to choose them together again.</p>}
        <ul className="list-none m-0 p-0 max-h-64 overflow-y-auto">
          {groups.map((group) => {
            const mine = group.channel_ids.filter((each) => open.has(each));
            if (named?.id === group.id) return <li key={group.id}>{form}</li>;
            return (
              <li key={group.id} className="flex items-center">
                <button
                  type="button"
                  disabled={disabled || !mine.length}
                  aria-pressed={isAlike(mine, chosen)}
                  onClick={() => { setChosen(mine); close(); }}
                  className={`${ITEM} min-w-0 disabled:opacity-50`}
                >
                  <span className="truncate grow">{isAlike(mine, chosen) && "✓ "}{group.name}</span>
                  <span className="text-xs text-muted">{mine.length}</span>
                </button>
                <button type="button" className={QUIET} aria-label={`Rename ${group.name}`} onClick={() => { setTrouble(""); setNamed(group); }}>Rename</button>
                <button type="button" className={QUIET} aria-label={`Delete the group ${group.name}`} onClick={() => keep("DELETE", `${PLACE}/${group.id}`, undefined, `${group.name} is deleted.`)}>Delete</button>
              </li>
            );
          })}
        </ul>
        <div className="border-t border-line mt-1 pt-1">
          {named && !named.id ? form : (
            <button type="button" disabled={!chosen.length} className={`${ITEM} disabled:opacity-50`} onClick={() => { setTrouble(""); setNamed({ name: "" }); }}>
              Save this choice as a group…
            </button>
          )}
          {trouble && <p role="alert" className="m-0 px-2.5 py-1.5 text-sm text-danger">{trouble}</p>}
        </div>
      </div>
    </span>
  );
}
