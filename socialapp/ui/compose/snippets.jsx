import { useEffect, useRef, useState } from "react";
import { ChoiceField, useChoice } from "$/public/external/socialapp/ui/components/jsx/combobox.jsx";
import { fit } from "$/public/external/socialapp/ui/components/jsx/fuzzy.js";
import { useShortcut } from "$/public/external/socialapp/ui/components/jsx/shortcut.js";
import { QUIET } from "./look.js";

const SHOWN = 50;
const IS_TEXT = /^compose-text-\d+$/;

// Where people write, or wrote last.
function useField() {
  const field = useRef("compose-text-0");
  useEffect(() => {
    const onFocus = (event) => {
      if (IS_TEXT.test(event.target.id)) field.current = event.target.id;
    };
    document.addEventListener("focusin", onFocus);
    return () => document.removeEventListener("focusin", onFocus);
  }, []);
  return () => document.getElementById(field.current) ?? document.getElementById("compose-text-0");
}

// A dialog that closes gives the focus back, and the cursor not always.
function goBack(field, [start, end]) {
  field.blur();
  field.focus();
  field.setSelectionRange(start, end);
}

// As if it were typed: what counts and previews hears of it, and Ctrl Z takes it back.
function typeInto(field, words) {
  const before = field.value.slice(0, field.selectionStart).slice(-1);
  const after = field.value.slice(field.selectionEnd, field.selectionEnd + 1);
  const glue = (letter) => (letter && !/\s/.test(letter) ? " " : "");
  const isTag = words.startsWith("#");
  document.execCommand("insertText", false, (isTag ? glue(before) : "") + words + (isTag && /[\p{L}\p{N}_]/u.test(after) ? " " : ""));
}

// The button and the shortcut that put a snippet in at the cursor.
export function Snippets({ disabled }) {
  const [isOpen, setOpen] = useState(false);
  const [found, setFound] = useState(null);
  const fieldOf = useField();
  const box = useRef(null);
  const place = useRef(["", 0, 0]);
  const open = () => {
    const field = fieldOf();
    if (disabled || !field) return;
    place.current = [field.id, field.selectionStart, field.selectionEnd];
    setFound(null);
    setOpen(true);
  };
  useShortcut((name) => name === "compose-insert" && open());
  useEffect(() => {
    if (!isOpen) return undefined;
    let isWanted = true;
    box.current?.showModal();
    fetch("/api/snippets", { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .then(({ items }) => isWanted && setFound(items), () => isWanted && setFound("trouble"));
    return () => { isWanted = false; };
  }, [isOpen]);
  // `then` comes once the dialog is gone: until then all else is inert.
  const close = (then) => {
    const [id, ...selection] = place.current;
    box.current?.close();
    setOpen(false);
    setTimeout(() => {
      const field = document.getElementById(id);
      if (!field) return;
      goBack(field, selection);
      then?.(field);
    });
  };
  const take = (snippet) => close((field) => typeInto(field, snippet.text));
  return (
    <>
      <button type="button" disabled={disabled} onClick={open} aria-haspopup="dialog" title="Put a snippet in at the cursor (Ctrl I)" className={`${QUIET} -my-1.5`}>
        Insert a snippet
      </button>
      <dialog
        ref={box}
        aria-label="Insert a snippet"
        onCancel={(event) => { event.preventDefault(); close(); }}
        onMouseDown={(event) => event.target === box.current && close()}
        className="bg-raised text-ink shadow-float p-0 border border-line overflow-hidden open:flex flex-col rounded-xl mx-auto mt-[12dvh] mb-auto w-[min(34rem,calc(100vw-1rem))] max-md:mt-2 max-h-[min(30rem,76dvh)]"
      >
        {isOpen && <Choice found={found} take={take} close={() => close()} />}
      </dialog>
    </>
  );
}

function Choice({ found, take, close }) {
  const [typed, setTyped] = useState("");
  const all = Array.isArray(found) ? found : [];
  const fits = all.map((one) => [typed.trim() ? fit(typed, `${one.name} ${one.text.slice(0, 200)}`) : 1, one]).filter(([how]) => how > 0);
  const shown = fits.sort(([a], [b]) => b - a).slice(0, SHOWN).map(([, one]) => one);
  const choice = useChoice(shown, take);
  const told = found === null ? "Loading" : found === "trouble" ? "The snippets could not be read. Nothing was put in; close this and try again." : !all.length ? "There are no snippets yet. Keep some under Texts." : shown.length ? `${shown.length} found` : "No snippet says that.";
  return (
    <>
      <ChoiceField
        choice={choice}
        label="Search snippets"
        placeholder="A snippet or a group of hashtags"
        value={typed}
        onType={setTyped}
        onClose={close}
      />
      <div id={`${choice.id}-list`} role="listbox" aria-label="Snippets" tabIndex={-1} className="overflow-y-auto p-2 grow empty:hidden">
        {shown.map((one, place) => (
          <div
            key={one.id}
            {...choice.line(place)}
            className={`flex flex-col justify-center rounded-md px-2.5 py-1.5 min-h-11 cursor-pointer ${place === choice.current ? "bg-accent-soft text-accent-ink" : ""}`}
          >
            <span className="font-medium truncate">{one.name}</span>
            <span className={`text-sm truncate ${place === choice.current ? "" : "text-muted"}`}>{one.text}</span>
          </div>
        ))}
      </div>
      <p role="status" className={shown.length ? "sr-only" : "m-0 px-4 py-5 text-muted"}>{told}</p>
    </>
  );
}
