import { Markdown } from "$/public/external/socialapp/ui/components/jsx/markdown.jsx";
import { CARD, TITLE } from "$/public/external/socialapp/ui/compose/widgets/look.js";
import { Clip, megabytes } from "./files.jsx";
import { useUnhurried } from "./text.jsx";

export function Preview({ title, text, files, chosen, id = "page-preview" }) {
  const shown = useUnhurried(text, text);
  const channel = chosen[0];
  return (
    <section aria-labelledby={id} className="flex flex-col gap-2 min-w-0 lg:sticky lg:top-14">
      <h2 id={id} className={TITLE}>
        Preview {channel && <span className="font-normal text-muted">on {channel.network}</span>}
      </h2>
      <article data-testid="preview" aria-label="Preview of the page" className={`${CARD} p-4 lg:max-h-[calc(100dvh-9rem)] overflow-y-auto`} tabIndex={0}>
        {title.trim() && <h3 className="text-xl font-semibold tracking-tight m-0 mb-3 break-words">{title}</h3>}
        {shown.trim() ? <Markdown text={shown} /> : <p className="m-0 text-faint">What you write appears here as readers will see it.</p>}
        {files.length > 0 && (
          <ul aria-label="Attachments as readers see them" className="list-none m-0 mt-4 p-0 pt-3 border-t border-line flex flex-col gap-2">
            {files.map((f) => (
              <li key={f.id} className="flex items-start gap-2 text-sm min-w-0">
                <Clip />
                <span className="min-w-0 break-words">
                  <span className="font-medium">{f.description.trim() || f.filename}</span>
                  <span className="text-muted"> · {f.description.trim() ? `${f.filename}, ` : ""}{megabytes(f.size_bytes)}</span>
                </span>
              </li>
            ))}
          </ul>
        )}
      </article>
      {chosen.length > 1 && <p className="m-0 text-xs text-muted">The same goes to {chosen.slice(1).map((c) => c.name).join(", ")}.</p>}
    </section>
  );
}
