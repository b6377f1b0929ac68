import { useId, useState } from "react";

const PAGE = 8;

// Which line of `shown` is current, and the keys that change it; Enter takes it.
export function useChoice(shown, take) {
  const id = useId();
  const [at, setAt] = useState(0);
  const current = Math.min(at, shown.length - 1);
  const onKey = (event) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE }[event.key];
    if (step && shown.length) {
      const to = current + step;
      const isPage = Math.abs(step) === PAGE; // A page stops at the end; an arrow goes round.
      const next = isPage ? Math.max(0, Math.min(shown.length - 1, to)) : (to + shown.length) % shown.length;
      setAt(next);
      document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      if (shown[current]) take(shown[current]);
    } else return;
    event.preventDefault();
  };
  const line = (place) => ({
    id: `${id}-${place}`,
    role: "option",
    "aria-selected": place === current,
    onMouseMove: () => place !== current && setAt(place),
    onClick: () => take(shown[place]),
  });
  return { id, current, setAt, onKey, line, isEmpty: !shown.length };
}

// The field above the list of a choice, with what closes it.
export function ChoiceField({ choice, label, placeholder, value, onType, onKey, onClose }) {
  return (
    <div className="flex items-center gap-2 border-b border-line pr-2 shrink-0 focus-within:border-accent-ink focus-within:shadow-[inset_0_-1px_0_var(--accent-ink)]">
      <input
        autoFocus
        role="combobox"
        aria-label={label}
        aria-expanded="true"
        aria-controls={`${choice.id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={choice.isEmpty ? undefined : `${choice.id}-${choice.current}`}
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        value={value}
        onChange={(event) => { onType(event.target.value); choice.setAt(0); }}
        onKeyDown={onKey ?? choice.onKey}
        className="grow min-w-0 bg-transparent border-0 !outline-none h-13 px-4 text-md text-ink placeholder:text-faint"
      />
      <button type="button" onClick={onClose} className="rounded-md border border-line-strong bg-sunken text-muted hover:text-ink text-xs px-2 h-7 max-md:h-11 max-md:px-3">
        <span className="max-md:hidden" aria-hidden="true">Esc</span>
        <span className="md:sr-only">Close</span>
      </button>
    </div>
  );
}
