import { useState } from "react";
import { Picker, UploadList } from "$/public/external/socialapp/ui/components/uploader/uploader.jsx";
import { KEY, Sign, useOrder } from "$/public/external/socialapp/ui/compose/widgets/order.jsx";
import { Shelf } from "$/public/external/socialapp/ui/compose/widgets/pick.jsx";
import { INPUT, SMALL, TITLE } from "$/public/external/socialapp/ui/compose/widgets/look.js";

export const Clip = () => <span className="shrink-0 mt-0.5 text-faint"><Sign d="M13.5 7.5l-5.7 5.7a3.2 3.2 0 01-4.5-4.5l6-6a2.1 2.1 0 013 3l-6 6a1.1 1.1 0 01-1.5-1.5l5.2-5.2" /></span>;

export const megabytes = (bytes) => (bytes >= 1048576 ? `${(bytes / 1048576).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`);

export function Files({ files, setFiles, uploads, accept, aboutLimit, disabled }) {
  const { dragged, drag, move, said, setSaid } = useOrder(files, setFiles);
  const [isChoosing, setChoosing] = useState(false);
  const [isTyping, setTyping] = useState(false);
  const describe = (id, description) => setFiles(files.map((f) => (f.id === id ? { ...f, description, isDescribed: true } : f)));
  const remove = (file) => {
    setFiles(files.filter((f) => f.id !== file.id));
    setSaid(`${file.filename} is no longer attached.`);
  };
  return (
    <section aria-labelledby="page-files" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <h2 id="page-files" className={`${TITLE} mr-auto`}>Attachments</h2>
        <Picker accept={accept} take={uploads.take} disabled={disabled} className={SMALL}>Attach files</Picker>
        <button type="button" disabled={disabled} className={SMALL} onClick={() => setChoosing(true)}>From earlier</button>
      </div>
      {!files.length && !uploads.items.length && (
        <p className="m-0 text-sm text-muted">Drop files anywhere on this page: documents, pictures, sound or videos that readers may save.</p>
      )}
      {files.length > 0 && (
        <ol aria-label="Attachments of the page, in their order" className="list-none m-0 p-0 flex flex-col gap-2">
          {files.map((f, at) => (
            <li
              key={f.id}
              // A field inside something that can be dragged could not be marked with the mouse.
              draggable={!disabled && !isTyping}
              {...drag(at)}
              className={`rounded-lg border border-line bg-surface px-3 py-2 flex flex-col gap-2 ${dragged === at ? "opacity-50" : ""}`}
            >
              <div className="flex items-center gap-2 min-w-0">
                <Clip />
                <a href={f.url} download className="truncate font-medium text-ink hover:underline">{f.filename}</a>
                <span className="text-xs text-muted whitespace-nowrap mr-auto">{megabytes(f.size_bytes)}</span>
                <button type="button" className={KEY} disabled={disabled || at === 0} onClick={() => move(at, at - 1)} aria-label={`Move ${f.filename} up`}>
                  <Sign d="M3 10l5-5 5 5" />
                </button>
                <button type="button" className={KEY} disabled={disabled || at === files.length - 1} onClick={() => move(at, at + 1)} aria-label={`Move ${f.filename} down`}>
                  <Sign d="M3 6l5 5 5-5" />
                </button>
                <button type="button" className={KEY} disabled={disabled} onClick={() => remove(f)} aria-label={`Remove ${f.filename} from the page`}>
                  <Sign d="M4 4l8 8M12 4l-8 8" />
                </button>
              </div>
              <input
                value={f.description}
                disabled={disabled}
                maxLength={aboutLimit}
                onChange={(event) => describe(f.id, event.target.value)}
                onFocus={() => setTyping(true)}
                onBlur={() => setTyping(false)}
                aria-label={`Description of ${f.filename}`}
                placeholder="What readers find in it"
                className={INPUT}
              />
            </li>
          ))}
        </ol>
      )}
      <UploadList uploads={uploads} />
      <div role="status" className="sr-only">{said}</div>
      <Earlier isOpen={isChoosing} taken={files.map((f) => f.id)} onClose={() => setChoosing(false)} onChosen={(more) => setFiles([...files, ...more])} />
    </section>
  );
}

function Earlier({ taken, ...shelf }) {
  return (
    <Shelf {...shelf} address="/api/attachment" title="Choose a file from earlier" label="Search files" nothing="Nothing was attached to a page yet.">
      {(items, chosen, pick) => (
        <ul aria-label="Files" className="list-none m-0 p-0.5 flex flex-col gap-1 max-h-[50dvh] overflow-y-auto">
          {items.map((f) => {
            const at = chosen.findIndex((c) => c.id === f.id);
            const isTaken = taken.includes(f.id);
            return (
              <li key={f.id}>
                <button
                  type="button"
                  disabled={isTaken}
                  aria-pressed={at >= 0}
                  onClick={() => pick(f)}
                  className={`flex items-center gap-2 w-full min-h-11 px-3 py-1.5 rounded-md border text-left disabled:opacity-50 ${at >= 0 ? "border-accent-ink bg-accent-soft" : "border-line hover:bg-sunken"}`}
                >
                  <Clip />
                  <span className="grow min-w-0">
                    <span className="block truncate font-medium">{f.filename}</span>
                    <span className="block truncate text-xs text-muted">
                      {isTaken ? "On this page already" : [f.description, megabytes(f.size_bytes)].filter(Boolean).join(" · ")}
                    </span>
                  </span>
                  {at >= 0 && <span className="grid place-items-center size-6 shrink-0 rounded-full bg-accent text-on-accent text-xs font-semibold">{at + 1}</span>}
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </Shelf>
  );
}
