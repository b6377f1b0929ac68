import { useEffect, useRef, useState } from "react";
import { Dialog } from "$/public/external/socialapp/ui/components/jsx/dialog.jsx";
import { Propose } from "$/public/external/socialapp/ui/components/jsx/propose.jsx";
import { Focus } from "./focus.jsx";
import { INPUT, PLAIN, PRIMARY, SMALL } from "./look.js";

const FRAME =
  "m-auto w-[min(34rem,calc(100vw-2rem))] max-h-[min(85dvh,52rem)] rounded-xl max-md:mb-0 max-md:rounded-b-none max-md:max-h-[92dvh] bg-raised text-ink shadow-float p-0 border border-line overflow-hidden open:flex flex-col max-md:max-w-none max-md:w-full";

async function ask(address, options) {
  const answer = await fetch(address, options);
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.detail || `That did not work (${answer.status}).`);
  return body;
}

const words = (error) => (error instanceof TypeError ? "The server cannot be reached. Nothing was changed." : error.message);

export function AltDialog({ medium, limit, proposes, onClose, onSaved }) {
  const [said, setSaid] = useState("");
  const [focus, setFocus] = useState(null);
  useEffect(() => {
    setSaid("");
    setFocus(medium?.focus ?? null);
  }, [medium]);
  const save = async (event) => {
    event.preventDefault();
    const alt_text = new FormData(event.target).get("alt_text");
    try {
      const asset = await ask(`/api/media/${medium.id}`, {
        method: "PATCH",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ alt_text, ...(focus && { focus }) }),
      });
      onSaved(medium.id, { alt_text: asset.alt_text, focus: asset.focus });
      onClose();
    } catch (error) {
      setSaid(words(error));
    }
  };
  return (
    <Dialog open={!!medium} title="Describe it for people who cannot see it" onClose={onClose} className={FRAME}>
      {medium && (
        <form onSubmit={save} className="flex flex-col gap-3">
          {medium.kind !== "video" && <Focus src={medium.preview_url} focus={focus} setFocus={setFocus} />}
          <label htmlFor="compose-alt" className="text-sm font-medium">Description</label>
          <textarea
            id="compose-alt"
            name="alt_text"
            defaultValue={medium.alt_text}
            maxLength={limit}
            rows={4}
            autoFocus
            aria-describedby="compose-alt-hint"
            className="w-full rounded-md border border-control bg-surface text-ink px-3 py-2 text-base data-[proposed]:border-dashed data-[proposed]:border-accent-ink data-[proposed]:bg-accent-soft"
            onKeyDown={(event) => {
              event.stopPropagation();
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.form.requestSubmit();
            }}
          />
          {proposes === "pictures" && medium.kind !== "video" && <Propose media={medium.id} field="compose-alt" className={SMALL} />}
          <p id="compose-alt-hint" className="m-0 text-xs text-muted">What matters in it, in a sentence or two. It is kept in the library.</p>
          <div role="alert" className="text-sm text-danger empty:hidden">{said}</div>
          <div className="flex justify-end gap-2 max-md:*:grow">
            <button type="button" className={PLAIN} onClick={onClose}>Cancel</button>
            <button type="submit" className={PRIMARY}>Save the description</button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

// Something to choose from: found by its words, chosen in an order. `children` draws what was found.
export function Shelf({ address, title, label, nothing, isOpen, onClose, onChosen, children: draw }) {
  const [query, setQuery] = useState("");
  const [found, setFound] = useState({ items: [], next: "", said: "", isThere: false });
  const [chosen, setChosen] = useState([]);
  const turn = useRef(0);
  const read = async (cursor = "") => {
    const mine = ++turn.current;
    try {
      const page = await ask(`${address}?limit=24&q=${encodeURIComponent(query)}&cursor=${encodeURIComponent(cursor)}`);
      if (mine !== turn.current) return;
      setFound((now) => ({
        items: cursor ? [...now.items, ...page.items] : page.items,
        next: page.next_cursor ?? "",
        said: "",
        isThere: true,
      }));
    } catch (error) {
      setFound({ items: [], next: "", said: words(error), isThere: true });
    }
  };
  useEffect(() => {
    if (!isOpen) return setChosen([]);
    const timer = setTimeout(() => read(), query ? 250 : 0);
    return () => clearTimeout(timer);
  }, [isOpen, query]);
  const pick = (asset) =>
    setChosen((now) => (now.some((m) => m.id === asset.id) ? now.filter((m) => m.id !== asset.id) : [...now, asset]));
  return (
    <Dialog open={isOpen} title={title} onClose={onClose} className={FRAME}>
      <div className="flex flex-col gap-3">
        <input type="search" aria-label={label} placeholder="Search names and descriptions" value={query} onChange={(event) => setQuery(event.target.value)} className={INPUT} />
        <div role="status" className="text-sm text-muted empty:hidden">
          {found.said || (found.isThere && !found.items.length ? (query ? "Nothing is called or described like that." : nothing) : "")}
        </div>
        {draw(found.items, chosen, pick)}
        <div className="flex flex-wrap justify-end gap-2 max-md:*:grow">
          {found.next && <button type="button" className={`${PLAIN} mr-auto`} onClick={() => read(found.next)}>More</button>}
          <button type="button" className={PLAIN} onClick={onClose}>Cancel</button>
          <button
            type="button"
            className={PRIMARY}
            disabled={!chosen.length}
            onClick={() => {
              onChosen(chosen);
              onClose();
            }}
          >
            {chosen.length ? `Add ${chosen.length}` : "Add"}
          </button>
        </div>
      </div>
    </Dialog>
  );
}

export function LibraryDialog({ taken, ...shelf }) {
  return (
    <Shelf {...shelf} address="/api/media" title="Choose from the library" label="Search the library" nothing="The library is empty. Upload something first.">
      {(items, chosen, pick) => (
        <ul className="list-none m-0 p-0 grid grid-cols-3 sm:grid-cols-4 gap-2 max-h-[50dvh] overflow-y-auto p-0.5" aria-label="Library">
          {items.map((asset) => {
            const at = chosen.findIndex((m) => m.id === asset.id);
            const isTaken = taken.includes(asset.id);
            return (
              <li key={asset.id}>
                <button
                  type="button"
                  disabled={isTaken}
                  aria-pressed={at >= 0}
                  aria-label={`${asset.filename}${asset.alt_text ? `: ${asset.alt_text}` : ""}${isTaken ? " (in the post already)" : ""}`}
                  onClick={() => pick(asset)}
                  className={`relative block w-full aspect-square rounded-md overflow-hidden bg-sunken border-2 disabled:opacity-40 ${at >= 0 ? "border-accent-ink" : "border-transparent"}`}
                >
                  {asset.kind === "video" ? (
                    <video src={`${asset.url}#t=0.1`} muted preload="metadata" className="size-full object-cover" />
                  ) : (
                    <img src={asset.thumbnail_url} alt="" loading="lazy" className="size-full object-cover" />
                  )}
                  {at >= 0 && <span className="absolute right-1 top-1 grid place-items-center size-6 rounded-full bg-accent text-on-accent text-xs font-semibold">{at + 1}</span>}
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </Shelf>
  );
}
