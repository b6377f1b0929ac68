import { useMemo } from "react";

// Behind the text lies the same text, invisible: it gives the field its height and marks what is over.
export function Editor({ text, setText, measured, field, disabled }) {
  const over = Math.min(text.length, ...measured.map(({ cut }) => cut));
  const shape = "col-start-1 row-start-1 w-full px-4 py-3 text-md whitespace-pre-wrap break-words [overflow-wrap:anywhere] font-sans max-md:!text-[16px] max-md:leading-6";
  return (
    <div className="grid min-h-44">
      <div aria-hidden="true" className={`${shape} text-transparent pointer-events-none`}>
        {text.slice(0, over)}
        {over < text.length && (
          <mark data-over="" className="bg-danger-soft text-transparent rounded-sm shadow-[0_0_0_1px_var(--danger-line)]">{text.slice(over)}</mark>
        )}
        {"\n "}
      </div>
      <textarea
        ref={field}
        value={text}
        disabled={disabled}
        onChange={(event) => setText(event.target.value)}
        aria-label="Text of the post"
        aria-describedby="compose-counts"
        placeholder="What do you want to say?"
        spellCheck="true"
        className={`${shape} resize-none overflow-hidden bg-transparent text-ink placeholder:text-faint border-0 outline-offset-[-2px] rounded-lg disabled:opacity-70`}
      />
    </div>
  );
}

// How much of its limit a text takes at each network; channels that are alike stand together.
export function useMeasures({ checking, text, media, chosen }) {
  return useMemo(() => {
    const alike = new Map();
    for (const { network, name, options, can } of chosen) {
      const found = checking.measure({ text, media, options }, can);
      const key = `${network} ${found.limit} ${found.count}`;
      const names = [...(alike.get(key)?.names ?? []), name];
      alike.set(key, { ...found, key, network, names });
    }
    return [...alike.values()];
  }, [checking, text, media, chosen]);
}

export function Counts({ measured }) {
  return (
    <ul id="compose-counts" className="list-none m-0 p-0 flex flex-wrap gap-x-3 gap-y-1 text-xs" aria-label="Characters left">
      {measured.filter(({ limit }) => limit).map(({ key, network, limit, count, names }) => {
        const left = limit - count;
        const look = left < 0 ? "text-danger font-semibold" : left <= 20 ? "text-warning font-semibold" : "text-muted";
        const words = left < 0 ? `${-left} too many` : `${left} left`;
        return (
          <li key={key} title={names.join(", ")} className={`tabular-nums ${look}`}>
            {left < 0 ? "⚠ " : ""}{network}: {words} <span className="text-faint font-normal">of {limit}</span>
          </li>
        );
      })}
    </ul>
  );
}
