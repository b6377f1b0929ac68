import { useMemo } from "react";
import { CARD, TITLE } from "./look.js";

const LOOKS = { link: "text-accent-ink underline", tag: "text-accent-ink", mention: "text-accent-ink font-medium" };

export function Preview({ counting, text, media, chosen }) {
  const channel = chosen[0];
  const parts = useMemo(() => counting.marked(text), [counting, text]);
  const isEmpty = !text.trim() && !media.length;
  return (
    <section aria-labelledby="compose-preview" className="flex flex-col gap-2 lg:sticky lg:top-14">
      <h2 id="compose-preview" className={TITLE}>
        Preview {channel && <span className="font-normal text-muted">on {channel.network}</span>}
      </h2>
      <article data-testid="preview" className={`${CARD} p-4`} aria-label="Preview of the post">
        <header className="flex items-center gap-3">
          <span aria-hidden="true" className="inline-grid place-items-center size-10 shrink-0 rounded-full bg-accent-soft text-accent-ink text-sm font-semibold">
            {channel?.letters ?? "?"}
          </span>
          <span className="min-w-0 leading-tight">
            <span className="block font-semibold truncate">{channel?.name ?? "No channel chosen"}</span>
            <span className="block text-sm text-muted truncate">{channel ? `@${channel.handle} · now` : ""}</span>
          </span>
        </header>
        {isEmpty ? (
          <p className="mt-3 mb-0 text-faint">What you write appears here as readers will see it.</p>
        ) : (
          <p data-testid="preview-text" className="mt-3 mb-0 whitespace-pre-wrap break-words [overflow-wrap:anywhere] text-md">
            {parts.map(([words, kind], at) => (kind ? <span key={at} data-kind={kind} className={LOOKS[kind]}>{words}</span> : words))}
          </p>
        )}
        <Media media={media} />
      </article>
      {chosen.length > 1 && (
        <p className="m-0 text-xs text-muted">The same goes to {chosen.slice(1).map((c) => c.name).join(", ")}.</p>
      )}
    </section>
  );
}

// Up to four tiles, as timelines lay them out: one is whole, three have a tall one first.
function Media({ media }) {
  if (!media.length) return null;
  const shown = media.slice(0, 4);
  const more = media.length - shown.length;
  if (shown.length === 1) {
    const [one] = shown;
    const ratio = one.width && one.height ? Math.min(2.2, Math.max(0.7, one.width / one.height)) : 1.5;
    return (
      <div className="mt-3 rounded-lg overflow-hidden border border-line" style={{ aspectRatio: ratio }}>
        <Tile medium={one} />
      </div>
    );
  }
  return (
    <div className={`mt-3 grid grid-cols-2 gap-0.5 rounded-lg overflow-hidden border border-line ${shown.length === 2 ? "" : "grid-rows-2"}`} style={{ aspectRatio: 16 / 10 }}>
      {shown.map((m, at) => (
        <div key={m.id} className={`relative min-h-0 ${shown.length === 3 && at === 0 ? "row-span-2" : ""}`}>
          <Tile medium={m} />
          {more > 0 && at === 3 && (
            <span className="absolute inset-0 grid place-items-center bg-[var(--veil)] text-white text-xl font-semibold">+{more}</span>
          )}
        </div>
      ))}
    </div>
  );
}

function Tile({ medium }) {
  return (
    <div className="relative size-full bg-sunken">
      {medium.kind === "video" ? (
        <video src={`${medium.url}#t=0.1`} muted playsInline preload="metadata" aria-label={medium.alt_text || "A film without a description"} className="size-full object-cover" />
      ) : (
        <img src={medium.preview_url} alt={medium.alt_text} className="size-full object-cover" draggable={false} />
      )}
      {medium.alt_text && (
        <span title={medium.alt_text} className="absolute left-2 bottom-2 rounded-sm bg-black/75 text-white text-2xs font-bold px-1.5">ALT</span>
      )}
    </div>
  );
}
