import { useMemo } from "react";
import { element } from "./thread.js";
import { ALL, isOwn, resolved } from "./variants.js";

const called = (at) => (at ? `Part ${at + 1} of the thread` : "Text of the post");

// Behind the text lies the same text, invisible: it gives the field its height and marks what is over.
export function Editor({ at, text, setText, measured, disabled }) {
  const over = Math.min(text.length, ...measured.map(({ cut }) => cut));
  const shape = "col-start-1 row-start-1 w-full px-4 py-3 text-md whitespace-pre-wrap break-words [overflow-wrap:anywhere] font-sans max-md:!text-[16px] max-md:leading-6";
  return (
    <div className={`grid ${at ? "min-h-24" : "min-h-44"}`}>
      <div aria-hidden="true" className={`${shape} text-transparent pointer-events-none`}>
        {text.slice(0, over)}
        {over < text.length && (
          <mark data-over="" className="bg-danger-soft text-transparent rounded-sm shadow-[0_0_0_1px_var(--danger-line)]">{text.slice(over)}</mark>
        )}
        {"\n "}
      </div>
      <textarea
        id={`compose-text-${at}`}
        value={text}
        disabled={disabled}
        onChange={(event) => setText(event.target.value)}
        aria-label={called(at)}
        aria-describedby={`compose-counts-${at}`}
        placeholder={at ? "What comes next?" : "What do you want to say?"}
        spellCheck="true"
        className={`${shape} resize-none overflow-hidden bg-transparent text-ink placeholder:text-faint border-0 outline-offset-[-2px] rounded-lg disabled:opacity-70`}
      />
    </div>
  );
}

// How much of its limit an element of the thread takes at each network, the tightest first; channels that are alike stand
// together. In the tab of all channels only those count that have the common text.
export function useMeasures({ checking, links, post, chosen, tab, at }) {
  return useMemo(() => {
    const alike = new Map();
    for (const channel of chosen) {
      const { id, network, name, can } = channel;
      if (tab === ALL ? isOwn(post, id, at ? "parts" : "text") : id !== tab) continue;
      const content = resolved(post, channel);
      const sent = links.sent(content, channel, post.campaign);
      const found = checking.measure({ ...element(sent, at), options: content.options }, can);
      found.cut = links.origin(element(content, at).text, channel, post.campaign, found.cut);
      const key = `${network} ${found.limit} ${found.count}`;
      const names = [...(alike.get(key)?.names ?? []), name];
      alike.set(key, { ...found, key, network, names });
    }
    const left = ({ limit, count }) => (limit ? limit - count : Infinity);
    return [...alike.values()].sort((a, b) => left(a) - left(b));
  }, [checking, links, post, chosen, tab, at]);
}

export function Counts({ at, measured }) {
  const limited = measured.filter(({ limit }) => limit);
  return (
    <ul id={`compose-counts-${at}`} className="list-none m-0 p-0 flex flex-wrap gap-x-3 gap-y-1 text-xs" aria-label={`Characters left${at ? ` in part ${at + 1}` : ""}`}>
      {limited.map(({ key, network, limit, count, names }, place) => {
        const left = limit - count;
        const look = left < 0 ? "text-danger font-semibold" : left <= 20 ? "text-warning font-semibold" : place ? "text-muted" : "text-ink font-medium";
        const words = left < 0 ? `${-left} too many` : `${left} left`;
        return (
          <li key={key} title={names.join(", ")} className={`tabular-nums ${look}`}>
            {left < 0 ? "⚠ " : ""}{network}: {words} <span className="text-muted font-normal">of {limit}</span>
          </li>
        );
      })}
    </ul>
  );
}
