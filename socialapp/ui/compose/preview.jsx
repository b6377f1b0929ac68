import { useMemo, useState } from "react";
import { kept } from "./focus.jsx";
import { CARD, TITLE } from "./look.js";
import { lastingWords } from "./offers.js";
import { ALL, resolved } from "./variants.js";

const LOOKS = { link: "text-accent-ink underline", tag: "text-accent-ink", mention: "text-accent-ink font-medium" };

const STAYS = "lg:sticky lg:top-14 lg:max-h-[calc(100dvh-4.5rem)] lg:overflow-y-auto";

// What goes out to one channel, as its readers see it. In the tab of all channels one of them is chosen here.
export function Preview({ counting, links, post, chosen, tab, id = "compose-preview", className = STAYS, children }) {
  const [wanted, setWanted] = useState(0);
  const channel = chosen.find((c) => c.id === tab) ?? chosen.find((c) => c.id === wanted) ?? chosen[0];
  const content = channel ? links.sent(resolved(post, channel), channel, post.campaign) : post;
  return (
    <section aria-labelledby={id} tabIndex={0} className={`flex flex-col gap-2 min-w-0 ${className}`}>
      <h2 id={id} className={TITLE}>
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
      <article data-testid="preview" data-shape={channel?.can.look.shape} style={channel?.can.look.accent ? { borderTop: `3px solid ${channel.can.look.accent}` } : undefined} className={`${CARD} p-4`} aria-label={`Preview of the post${channel ? ` in ${channel.name}` : ""}`}>
        <As can={channel?.can} channel={channel} content={content} counting={counting} />
      </article>
      {children}
    </section>
  );
}

// A post, or a thread, in the look of its network: `can.look` and the options say all that is drawn.
function As({ channel, content, counting, can }) {
  const look = can?.look ?? DEFAULT;
  const chosen = (can?.options ?? []).filter(({ key }) => Object.hasOwn(content.options, key)).map((option) => [option, content.options[option.key]]);
  const poll = chosen.find(([{ kind }, value]) => kind === "poll" && value)?.[1];
  const said = chosen.filter(([{ kind }]) => kind !== "poll").map(([option, value]) => [option, spoken(option, value)]).filter(([, words]) => words);
  const warning = said.find(([{ is_warning }]) => is_warning)?.[1];
  const beside = said.filter(([{ is_warning }]) => !is_warning);
  const elements = [{ key: "first", text: content.text, media: content.media }, ...content.parts];
  const isEmpty = elements.every(({ text, media }) => !text.trim() && !media.length) && !poll;
  if (isEmpty) {
    return (
      <Shaped look={look} channel={channel}>
        <p className="mt-3 mb-0 text-faint">What you write appears here as readers will see it.</p>
      </Shaped>
    );
  }
  return (
    <>
      <ol className="list-none m-0 p-0 flex flex-col">
        {elements.map(({ key, text, media }, at) => (
          <li key={key} className={!at ? "" : look.shape === "bubble" ? "mt-2" : "border-t border-line mt-4 pt-4"} aria-label={elements.length > 1 ? `Part ${at + 1} of ${elements.length}` : undefined}>
            <Shaped look={look} channel={channel} part={elements.length > 1 ? `${at + 1}/${elements.length}` : ""}>
              {warning && (
                <p className="mt-3 mb-0 rounded-md bg-warning-soft text-warning px-3 py-1.5 text-sm break-words">
                  {warning} <span className="text-xs">· opens with a click</span>
                </p>
              )}
              {look.media_first && <Media media={media} />}
              <Text counting={counting} text={text} />
              {!look.media_first && <Media media={media} />}
              {at === 0 && poll && <Poll poll={poll} />}
            </Shaped>
          </li>
        ))}
      </ol>
      {beside.length > 0 && (
        <ul aria-label="Options of this post" className="list-none m-0 mt-4 p-0 flex flex-wrap gap-1.5">
          {beside.map(([{ key, label }, words]) => (
            <li key={key} className="rounded-md bg-sunken px-2 py-1 text-xs break-words min-w-0"><span className="text-muted">{label}:</span> {words}</li>
          ))}
        </ul>
      )}
    </>
  );
}

const DEFAULT = { shape: "above", handle: "@{handle}" };

function Sign({ letters = "?", small }) {
  return (
    <span aria-hidden="true" className={`inline-grid place-items-center shrink-0 rounded-full bg-accent-soft text-accent-ink font-semibold ${small ? "size-7 text-2xs" : "size-10 text-sm"}`}>
      {letters}
    </span>
  );
}

function Shaped({ look, channel, part, children }) {
  const name = channel?.name ?? "No channel chosen";
  const handle = channel && look.handle ? look.handle.replace("{handle}", () => channel.handle) : "";
  const number = part && <span className="text-xs text-muted tabular-nums">{part}</span>;
  if (look.shape === "bubble") {
    return (
      <div className="flex items-end gap-2">
        <Sign letters={channel?.letters} small />
        <div className="grow min-w-0 rounded-lg rounded-bl-none bg-sunken px-3 pt-2 pb-2.5">
          <div className="flex items-baseline gap-2"><span className="grow text-sm font-semibold truncate">{name}</span>{number}</div>
          {children}
        </div>
      </div>
    );
  }
  if (look.shape === "beside") {
    return (
      <div className="flex items-start gap-3">
        <Sign letters={channel?.letters} />
        <div className="grow min-w-0 [&>p:first-of-type]:mt-1">
          <div className="flex items-baseline gap-1.5"><span className="font-semibold truncate">{name}</span><span className="text-sm text-muted truncate grow">{handle} · now</span>{number}</div>
          {children}
        </div>
      </div>
    );
  }
  if (look.shape === "under") {
    return (
      <>
        <div className="[&>p:first-of-type]:mt-0">{children}</div>
        <div className="mt-3 pt-3 border-t border-line flex items-center gap-2 text-sm text-muted"><Sign letters={channel?.letters} small /><span className="grow truncate">{name} · now</span>{number}</div>
      </>
    );
  }
  return (
    <>
      <div className="flex items-center gap-3">
        <Sign letters={channel?.letters} />
        <span className="min-w-0 leading-tight grow">
          <span className="block font-semibold truncate">{name}</span>
          <span className="block text-sm text-muted truncate">{channel ? `${handle} · now` : ""}</span>
        </span>
        {number}
      </div>
      {children}
    </>
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
        <video src={`${medium.url}#t=0.1`} muted playsInline preload="metadata" aria-label={medium.alt_text || "A video without a description"} className="size-full object-cover" />
      ) : (
        <img src={medium.preview_url} alt={medium.alt_text} style={kept(medium)} className="size-full object-cover" draggable={false} />
      )}
      {medium.alt_text && (
        <span title={medium.alt_text} className="absolute left-2 bottom-2 rounded-sm bg-black/75 text-white text-2xs font-bold px-1.5">ALT</span>
      )}
    </div>
  );
}
