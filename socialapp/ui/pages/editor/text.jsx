import { useDeferredValue } from "react";

const LONG = 10000;
const SIGNS = [
  ["# Heading", "a heading"],
  ["**bold**", "bold"],
  ["*italic*", "italic"],
  ["- item", "a list"],
  ["[words](https://…)", "a link"],
  ["> words", "a quotation"],
];

// What comes of a text follows every key within a frame; while that of a very long one is made, the keys go first.
export function useUnhurried(value, text) {
  const later = useDeferredValue(value);
  return text.length > LONG ? later : value;
}

export function Text({ title, setTitle, text, setText, field, disabled }) {
  const shape = "w-full bg-transparent text-ink placeholder:text-faint border-0 outline-offset-[-2px] disabled:opacity-70 ";
  return (
    <>
      <input
        id="page-title"
        value={title}
        disabled={disabled}
        onChange={(event) => setTitle(event.target.value)}
        maxLength={1000}
        aria-label="Title"
        placeholder="Title"
        className={`${shape} h-12 px-4 rounded-t-lg text-lg font-semibold`}
      />
      <textarea
        ref={field}
        value={text}
        disabled={disabled}
        onChange={(event) => setText(event.target.value)}
        maxLength={100000}
        aria-label="Text of the page"
        aria-describedby="page-signs page-size"
        placeholder="Write in Markdown"
        spellCheck="true"
        className={`${shape} block border-t border-line px-4 py-3 min-h-80 max-h-[70dvh] resize-y [field-sizing:content] text-md leading-6 max-md:!text-[16px]`}
      />
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 border-t border-line px-4 py-2 text-xs text-muted">
        <p id="page-signs" className="m-0 flex flex-wrap gap-x-3 gap-y-0.5">
          {SIGNS.map(([sign, meaning]) => (
            <code key={sign} title={meaning} className="font-mono">{sign}</code>
          ))}
        </p>
        <span id="page-size" className="tabular-nums whitespace-nowrap ml-auto">{size(text)}</span>
      </div>
    </>
  );
}

function size(text) {
  const words = text.match(/\S+/g)?.length ?? 0;
  return `${words.toLocaleString("en")} ${words === 1 ? "word" : "words"}`;
}
