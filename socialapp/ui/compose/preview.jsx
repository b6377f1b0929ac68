import { useMemo, useState } from "react";
import { CARD, TITLE } from "./look.js";
import { lastingWords } from "./offers.js";
import { ALL, resolved } from "./variants.js";

const LOOKS = { link: "text-accent-ink underline", tag: "text-accent-ink", mention: "text-accent-ink font-medium" };

// What goes out to one channel, as its readers see it. In the tab of all channels one of them is chosen here.
export function Preview({ counting, post, chosen, tab }) {
  const [wanted, setWanted] = useState(0);
  const channel = chosen.find((c) => c.id === tab) ?? chosen.find((c) => c.id === wanted) ?? chosen[0];
  const content = channel ? resolved(post, channel) : post;
  return (
    <section aria-labelledby="compose-preview" tabIndex={0} className="flex flex-col gap-2 min-w-0 lg:sticky lg:top-14 lg:max-h-[calc(100dvh-4.5rem)] lg:overflow-y-auto">
      <h2 id="compose-preview" className={TITLE}>
        Preview {channel && <span className="font-normal text-muted">on {channel.network}</span>}
      </h2>
      {tab === ALL && chosen.length > 1 && (
        <div className="flex flex-wrap gap-1" role="group" aria-label="Preview of">
          {chosen.map((c) => (
            <button
              key={c.id}
              type="button"
              aria-pressed={c === channel}
              onClick={() => setWanted(c.id)}
              title={`${c.name} on ${c.network}`}
              className={`inline-flex items-center h-7 max-md:h-11 px-2.5 rounded-full border text-xs max-w-40 ${c === channel ? "border-accent-ink bg-accent-soft text-ink font-medium" : "border-line text-muted hover:text-ink"}`}
            >
              <span className="truncate">{c.name}</span>
            </button>
          ))}
        </div>
      )}
      <article data-testid="preview" className={`${CARD} p-4`} aria-label={`Preview of the post${channel ? ` in ${channel.name}` : ""}`}>
        <As can={channel?.can} channel={channel} content={content} counting={counting} />
      </article>
    </section>
  );
}

function As({ channel, content, counting, can }) {
  const options = (can?.options ?? []).filter(({ key }) => Object.hasOwn(content.options, key)).map((option) => [option, content.options[option.key]]);
  const poll = options.find(([{ kind }, value]) => kind === "poll" && value)?.[1];
  const beside = options.filter(([{ kind }]) => kind !== "poll").map(([option, value]) => [option, spoken(option, value)]).filter(([, words]) => words);
  const elements = [{ key: "first", text: content.text, media: content.media }, ...content.parts];
  const isEmpty = elements.every(({ text, media }) => !text.trim() && !media.length) && !poll;
  if (isEmpty) return <><Who channel={channel} /><p className="mt-3 mb-0 text-faint">What you write appears here as readers will see it.</p></>;
  return (
    <ol className="list-none m-0 p-0 flex flex-col">
      {elements.map((one, at) => (
        <li key={one.key} className={at ? "border-t border-line mt-4 pt-4" : ""} aria-label={elements.length > 1 ? `Part ${at + 1} of ${elements.length}` : undefined}>
          <Who channel={channel} part={elements.length > 1 ? `${at + 1}/${elements.length}` : ""} />
          {at === 0 && beside.length > 0 && (
            <ul aria-label="Options of this post" className="list-none m-0 mt-3 p-0 flex flex-wrap gap-1.5">
              {beside.map(([{ key, label }, words]) => (
                <li key={key} className="rounded-md bg-sunken px-2 py-1 text-xs break-words min-w-0"><span className="text-muted">{label}:</span> {words}</li>
              ))}
            </ul>
          )}
          <Text counting={counting} text={one.text} />
          <Media media={one.media} />
          {at === 0 && poll && <Poll poll={poll} />}
        </li>
      ))}
    </ol>
  );
}

function Who({ channel, part }) {
  return (
    <div className="flex items-center gap-3">
      <span aria-hidden="true" className="inline-grid place-items-center size-10 shrink-0 rounded-full bg-accent-soft text-accent-ink text-sm font-semibold">
        {channel?.letters ?? "?"}
      </span>
      <span className="min-w-0 leading-tight grow">
        <span className="block font-semibold truncate">{channel?.name ?? "No channel chosen"}</span>
        <span className="block text-sm text-muted truncate">{channel ? `@${channel.handle} · now` : ""}</span>
      </span>
      {part && <span className="text-xs text-muted tabular-nums">{part}</span>}
    </div>
  );
}

function Text({ counting, text }) {
  const pieces = useMemo(() => counting.marked(text), [counting, text]);
  return (
    <p data-testid="preview-text" className="mt-3 mb-0 whitespace-pre-wrap break-words [overflow-wrap:anywhere] text-md empty:hidden">
      {pieces.map(([words, kind], at) => (kind ? <span key={at} data-kind={kind} className={LOOKS[kind]}>{words}</span> : words))}
    </p>
  );
}

// What readers notice of an option; a switch that is off and a choice that is the first say nothing.
function spoken({ kind, choices }, value) {
  if (kind === "switch") return value === true ? "yes" : "";
  if (kind === "choice") return value === choices[0]?.[0] ? "" : choices.find(([one]) => one === value)?.[1] ?? "";
  return Array.isArray(value) ? value.map((tag) => `#${tag}`).join(" ") : value;
}

function Poll({ poll }) {
  return (
    <div className="mt-3">
      <ul aria-label="Poll" className="list-none m-0 p-0 flex flex-col gap-1.5">
        {poll.options.map((answer, at) => (
          <li key={at} className="flex items-center gap-2 rounded-md border border-line-strong px-3 py-1.5 text-base break-words min-w-0">
            <span aria-hidden="true" className={`size-3.5 shrink-0 border border-line-strong ${poll.multiple ? "rounded-xs" : "rounded-full"}`} />
            {answer || <span className="text-faint">Answer {at + 1}</span>}
          </li>
        ))}
      </ul>
      <p className="m-0 mt-1.5 text-xs text-muted">Open for {lastingWords(poll.expires_in_s)}{poll.multiple ? " · several answers" : ""}</p>
    </div>
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
