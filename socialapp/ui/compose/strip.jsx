import { useState } from "react";
import { Picker, UploadList } from "$/public/external/socialapp/ui/components/uploader/uploader.jsx";
import { kept } from "./focus.jsx";
import { AltDialog, LibraryDialog } from "./pick.jsx";
import { SMALL, TITLE } from "./look.js";
import { KEY, Sign, useOrder } from "./order.jsx";

// The media of one element of the thread; `place` says which to the uploads.
export function Strip({ at = 0, place = "", media, setMedia, describe, uploads, accept, altLimit, proposes, disabled, onAim, children }) {
  const [asked, setAsked] = useState(null);
  const [isChoosing, setChoosing] = useState(false);
  const { dragged, drag, move, said } = useOrder(media, setMedia);
  const remove = (id) => setMedia(media.filter((m) => m.id !== id));
  const mine = { ...uploads, total: undefined, items: uploads.items.filter(({ where }) => (where?.part ?? "") === place) };
  const id = `compose-media-${at}`;
  const name = at ? `Media of part ${at + 1}` : "Media";
  return (
    <section aria-labelledby={id} className="flex flex-col gap-2" onFocus={() => onAim(place)}>
      <div className="flex flex-wrap items-center gap-2">
        <h2 id={id} tabIndex={-1} className={`${TITLE} outline-none`}>{name}</h2>
        {children}
        <span className="grow" />
        <Picker accept={accept} take={(files) => uploads.take(files, uploads.place(place))} disabled={disabled} className={SMALL}>Upload</Picker>
        <button type="button" disabled={disabled} className={SMALL} onClick={() => setChoosing(true)}>From the library</button>
      </div>
      {!at && !media.length && !mine.items.length && (
        <p className="m-0 text-sm text-muted">Drop pictures or a video anywhere on this page, or paste them.</p>
      )}
      {media.length > 0 && (
        <ol className="list-none m-0 p-0 grid grid-cols-[repeat(auto-fill,minmax(9rem,1fr))] gap-3" aria-label={`${at ? name : "Media of the post"}, in their order`}>
          {media.map((m, at) => (
            <li
              key={m.id}
              draggable={!disabled}
              {...drag(at)}
              className={`rounded-lg border border-line bg-surface overflow-hidden ${dragged === at ? "opacity-50" : ""}`}
            >
              <div className="relative aspect-square bg-sunken">
                {m.kind === "video" ? (
                  <video src={`${m.url}#t=0.1`} muted preload="metadata" aria-label={m.alt_text || m.filename} className="size-full object-cover" />
                ) : (
                  <img src={m.thumbnail_url} alt={m.alt_text} draggable={false} style={kept(m)} className="size-full object-cover" />
                )}
                <button
                  type="button"
                  disabled={disabled}
                  onClick={() => setAsked(m)}
                  aria-label={`${m.alt_text ? "Edit the description of" : "Describe"} ${m.filename}`}
                  className={`absolute left-1.5 bottom-1.5 inline-flex items-center gap-1 h-7 max-md:h-11 px-2 rounded-sm text-2xs font-bold ${
                    m.alt_text ? "bg-black/75 text-white" : "bg-warning-soft text-warning border border-warning-line"
                  }`}
                >
                  ALT {m.alt_text ? "✓" : "missing"}
                </button>
              </div>
              <div className="flex items-center justify-between px-0.5">
                <button type="button" className={KEY} disabled={disabled || at === 0} onClick={() => move(at, at - 1)} aria-label={`Move ${m.filename} forward`}>
                  <Sign d="M10 3L5 8l5 5" />
                </button>
                <span className="text-xs text-muted tabular-nums" aria-hidden="true">{at + 1}</span>
                <button type="button" className={KEY} disabled={disabled || at === media.length - 1} onClick={() => move(at, at + 1)} aria-label={`Move ${m.filename} back`}>
                  <Sign d="M6 3l5 5-5 5" />
                </button>
                <button type="button" className={KEY} disabled={disabled} onClick={() => remove(m.id)} aria-label={`Remove ${m.filename} from the post`}>
                  <Sign d="M4 4l8 8M12 4l-8 8" />
                </button>
              </div>
            </li>
          ))}
        </ol>
      )}
      {at ? mine.items.length > 0 && <UploadList uploads={{ ...mine, isOver: false, said: "" }} /> : <UploadList uploads={mine} />}
      <div role="status" className="sr-only">{said}</div>
      <AltDialog medium={asked} limit={altLimit} proposes={proposes} onClose={() => setAsked(null)} onSaved={describe} />
      <LibraryDialog
        isOpen={isChoosing}
        taken={media.map((m) => m.id)}
        onClose={() => setChoosing(false)}
        onChosen={(more) => setMedia([...media, ...more])}
      />
    </section>
  );
}
