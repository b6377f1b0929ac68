import { useEffect, useState } from "react";
import { Dialog } from "$/public/external/socialapp/ui/components/jsx/dialog.jsx";
import { Difference } from "./difference.jsx";
import { DANGER, PLAIN, PRIMARY, SMALL } from "./look.js";

const FRAME =
  "m-auto w-[min(44rem,calc(100vw-2rem))] max-h-[min(88dvh,60rem)] rounded-xl max-md:mb-0 max-md:rounded-b-none max-md:max-h-[92dvh] bg-raised text-ink shadow-float p-0 border border-line overflow-hidden open:flex flex-col max-md:max-w-none max-md:w-full";
const WORDS = { parts: "thread", channel_ids: "channels", variants: "what differs by channel" };

async function ask(address, body) {
  const more = body ? { method: "POST", body: JSON.stringify(body) } : {};
  const answer = await fetch(address, { headers: { "Content-Type": "application/json" }, ...more });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(said.detail || `That did not work (${answer.status}). Nothing was changed.`), { status: answer.status });
  return said;
}
const words = (error) => (error instanceof TypeError ? "The server cannot be reached. Nothing was changed." : error.message);

const spoken = (at, zone) =>
  new Date(at).toLocaleString("en-GB", { timeZone: zone || undefined, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

const what = ({ changed, restored_from: from }) =>
  [from && "Restored", changed.length ? `Changed ${changed.map((name) => WORDS[name] ?? name).join(", ")}` : !from && "First version kept"].filter(Boolean).join(" · ");

const gone = ({ missing_media: media = 0, missing_attachments: files = 0 }) =>
  [
    media === 1 && "1 picture or video of that version was deleted and is not in it.",
    media > 1 && `${media} pictures or videos of that version were deleted and are not in it.`,
    files === 1 && "1 file of that version was deleted and is not in it.",
    files > 1 && `${files} files of that version were deleted and are not in it.`,
  ].filter(Boolean).join(" ");

// The button, and what a post or page said before. `onRestored` is called when one of them was brought back.
export function History({ kind, postId, zone, canRestore, channels, onRestored, className = SMALL }) {
  const [isOpen, setOpen] = useState(false);
  if (!postId) return null;
  return (
    <>
      <button type="button" className={className} onClick={() => setOpen(true)}>Version history</button>
      <Dialog open={isOpen} title="Version history" onClose={() => setOpen(false)} className={FRAME}>
        <Versions
          place={`/api/${kind}s/${postId}/versions`}
          {...{ kind, zone, canRestore, channels }}
          onRestored={() => {
            setOpen(false);
            onRestored?.();
          }}
        />
      </Dialog>
    </>
  );
}

function Versions({ place, kind, zone, canRestore, channels, onRestored }) {
  const [list, setList] = useState(null);
  const [known, setKnown] = useState(channels ?? []);
  const [said, setSaid] = useState("");
  const [shown, setShown] = useState(0);
  const read = async (cursor = "") => {
    try {
      const page = await ask(`${place}?limit=30&cursor=${encodeURIComponent(cursor)}`);
      setList((now) => ({ items: cursor ? [...now.items, ...page.items] : page.items, next: page.next_cursor ?? "" }));
    } catch (error) {
      setSaid(words(error));
    }
  };
  useEffect(() => {
    read();
    if (!channels) ask("/api/channels").then(({ items }) => setKnown(items)).catch(() => {}); // Then they have numbers.
  }, []);
  const nameOf = (id) => known.find((c) => c.id === id)?.name ?? `Channel ${id}`;
  const restore = async (revision) => {
    try {
      await ask(`${place}/${revision}/restore`, { revision: list.items[0].revision });
      onRestored();
    } catch (error) {
      setSaid(words(error));
      if ([404, 412].includes(error.status)) read();
    }
  };
  return (
    <div className="flex flex-col gap-3">
      <p className="m-0 text-sm text-muted">
        What this {kind} said each time it was saved. Saves of one person in one open editor are one version for ten minutes; the newest 200 are kept. Times are {zone}.
      </p>
      {said && <div role="alert" className={DANGER}>{said}</div>}
      {!list && !said && <div className="h-40 rounded-lg bg-sunken" aria-busy="true" />}
      {list && (
        <ol aria-label="Versions" className="list-none m-0 p-0 flex flex-col gap-2">
          {list.items.map((version, at) => (
            <li key={version.revision} className="rounded-lg border border-line bg-surface">
              <button
                type="button"
                aria-expanded={shown === version.revision}
                onClick={() => setShown(shown === version.revision ? 0 : version.revision)}
                className="w-full text-left px-3 py-2 min-h-11 rounded-lg hover:bg-sunken flex flex-wrap items-baseline gap-x-3"
              >
                <span className="font-medium">
                  <time dateTime={version.saved_at} className="tabular-nums">{spoken(version.saved_at, zone)}</time> · {version.author ?? "Not known who"}
                </span>
                {version.is_current && <span className="text-xs text-good font-medium">✓ As it is now</span>}
                <span className="w-full text-sm text-muted">{what(version)}</span>
              </button>
              {shown === version.revision && (
                <Shown key={version.revision} {...{ place, version, older: list.items[at + 1], newest: list.items[0], nameOf, kind, canRestore }} onRestore={() => restore(version.revision)} />
              )}
            </li>
          ))}
        </ol>
      )}
      {list?.next && <button type="button" className={`${PLAIN} self-center`} onClick={() => read(list.next)}>Older versions</button>}
    </div>
  );
}

// One version, beside the one before it or beside what is there now.
function Shown({ place, version, older, newest, nameOf, kind, canRestore, onRestore }) {
  const [beside, setBeside] = useState(version.is_current ? "before" : "now");
  const [whole, setWhole] = useState(null);
  const [said, setSaid] = useState("");
  const [isBusy, setBusy] = useState(false);
  const other = beside === "now" ? newest : older;
  useEffect(() => {
    let isWanted = true;
    setWhole(null);
    Promise.all([version, other].map((one) => (one ? ask(`${place}/${one.revision}`) : null)))
      .then(([mine, theirs]) => isWanted && setWhole({ mine, theirs, beside }))
      .catch((error) => isWanted && setSaid(words(error)));
    return () => { isWanted = false; };
  }, [beside]);
  const toNow = whole?.beside === "now";
  return (
    <div className="border-t border-line px-3 py-3 flex flex-col gap-3">
      {!version.is_current && older && (
        <div role="group" aria-label="Compare with" className="flex flex-wrap gap-2">
          {[["now", "Compared with now"], ["before", "What this save changed"]].map(([key, label]) => (
            <button key={key} type="button" aria-pressed={beside === key} className={`${SMALL} ${beside === key ? "!border-accent-ink !text-accent-ink" : ""}`} onClick={() => setBeside(key)}>{label}</button>
          ))}
        </div>
      )}
      {said && <div role="alert" className={DANGER}>{said}</div>}
      {!whole && !said && <div className="h-24 rounded-md bg-sunken" aria-busy="true" />}
      {whole?.theirs && (
        <Difference
          from={whole.theirs}
          to={whole.mine}
          before={toNow ? "only as it is now" : "only before"}
          after="only in this version"
          nameOf={nameOf}
          nothing={toNow ? "It says what is there now." : "Nothing that is shown here changed."}
        />
      )}
      {whole && !whole.theirs && <p className="m-0 whitespace-pre-wrap break-words max-h-80 overflow-y-auto rounded-md bg-sunken p-3" tabIndex={0}>{whole.mine.text || `A ${kind} without text`}</p>}
      {whole && gone(whole.mine) && <p role="note" className="m-0 text-sm rounded-md bg-sunken px-3 py-2">{gone(whole.mine)}</p>}
      {canRestore && !version.is_current && (
        <button
          type="button"
          className={`${PRIMARY} self-start max-md:w-full`}
          disabled={isBusy}
          onClick={async () => {
            setBusy(true);
            await onRestore();
            setBusy(false);
          }}
        >
          Restore this version
        </button>
      )}
      {!canRestore && !version.is_current && <p className="m-0 text-sm text-muted">This {kind} stays as it is, so nothing is restored.</p>}
    </div>
  );
}
