import { lazy, Suspense } from "react";

const Plain = ({ text }) => <p className="m-0 whitespace-pre-wrap break-words">{text}</p>;

// What reads Markdown is fetched when there is some to show; without it the text is shown as it was written.
const Rendered = lazy(() => import("./rendered.jsx").catch(() => ({ default: Plain })));

// `level` is that of the heading above it.
export function Markdown({ text, level = 3, className = "" }) {
  return (
    <div className={`text-md break-words [overflow-wrap:anywhere] [&>:first-child]:mt-0 [&>:last-child]:mb-0 ${className}`}>
      <Suspense fallback={<Plain text={text} />}>
        <Rendered text={text} level={level} />
      </Suspense>
    </div>
  );
}
