import { useMemo } from "react";

// Behind the text lies the same text, invisible: it gives the field its height and marks what is over.
export function Editor({ counting, text, setText, chosen, field, disabled }) {
  const rules = groups(chosen);
  const over = useMemo(
    () => Math.min(text.length, ...rules.map((c) => counting.cut(text, c.unit, c.limit, c.link_length))),
    [counting, text, rules.map((c) => `${c.unit} ${c.limit} ${c.link_length}`).join()],
  );
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

const groups = (chosen) =>
  [...new Map(chosen.map((c) => [`${c.network} ${c.limit} ${c.unit}`, c])).values()].map((rule) => ({
    ...rule,
    names: chosen.filter((c) => c.network === rule.network && c.limit === rule.limit).map((c) => c.name),
  }));

// One number per network: its channels have the same rule.
export function Counts({ counting, text, chosen }) {
  const shown = useMemo(
    () => groups(chosen).map((rule) => ({ ...rule, left: rule.limit - counting.count(text, rule.unit, rule.link_length) })),
    [counting, text, chosen],
  );
  return (
    <ul id="compose-counts" className="list-none m-0 p-0 flex flex-wrap gap-x-3 gap-y-1 text-xs" aria-label="Characters left">
      {shown.map((rule) => {
        const look = rule.left < 0 ? "text-danger font-semibold" : rule.left <= 20 ? "text-warning font-semibold" : "text-muted";
        const words = rule.left < 0 ? `${-rule.left} too many` : `${rule.left} left`;
        return (
          <li key={`${rule.network} ${rule.limit}`} title={rule.names.join(", ")} className={`tabular-nums ${look}`}>
            {rule.left < 0 ? "⚠ " : ""}{rule.network}: {words} <span className="text-faint font-normal">of {rule.limit}</span>
          </li>
        );
      })}
    </ul>
  );
}
