import { useDeferredValue, useMemo } from "react";
import { differences } from "./difference.js";

const LONG = 400;
const AROUND = 140;
const GONE = "bg-danger-soft text-danger line-through decoration-1 rounded-sm px-0.5 box-decoration-clone";
const NEW = "bg-good-soft text-good underline decoration-2 underline-offset-2 rounded-sm px-0.5 box-decoration-clone";

const Said = ({ children }) => <span className="sr-only">{children}</span>;

function Run({ is, text, isFirst, isLast }) {
  if (is === "gone") return <del className={GONE}><Said> [only before: </Said>{text}<Said>] </Said></del>;
  if (is === "new") return <ins className={NEW}><Said> [only after: </Said>{text}<Said>] </Said></ins>;
  if (text.length <= LONG) return <span>{text}</span>;
  return (
    <span>
      {!isFirst && text.slice(0, AROUND)}
      <span className="text-faint" title="The same in both"> … </span>
      {!isLast && text.slice(-AROUND)}
    </span>
  );
}

// What differs between two contents, by colour and by line: what only the first has is struck through, what only the
// second has is underlined. `before` and `after` say in words which they are.
export function Difference({ from, to, before, after, nameOf, nothing = "They say the same." }) {
  const [one, other] = [useDeferredValue(from), useDeferredValue(to)];
  const found = useMemo(() => differences(one, other, nameOf), [one, other]);
  if (!found.length) return <p className="m-0 text-sm text-muted">{nothing}</p>;
  return (
    <div data-difference className="flex flex-col gap-2 text-ink">
      <p className="m-0 flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
        <span><span aria-hidden="true" className={GONE}>abc</span> {before}</span>
        <span><span aria-hidden="true" className={NEW}>abc</span> {after}</span>
      </p>
      <div role="region" aria-label="What differs" tabIndex={0} className="max-h-80 overflow-y-auto rounded-md border border-line bg-surface divide-y divide-line">
        {found.map(({ key, name, runs }) => (
          <div key={key} role="group" aria-label={name} className="px-3 py-2">
            <p className="m-0 mb-1 text-xs font-semibold text-muted">{name}</p>
            <p className="m-0 whitespace-pre-wrap break-words text-base leading-relaxed">
              {runs.map((run, at) => <Run key={at} {...run} isFirst={at === 0} isLast={at === runs.length - 1} />)}
            </p>
          </div>
        ))}
      </div>
    </div>
  );
}
