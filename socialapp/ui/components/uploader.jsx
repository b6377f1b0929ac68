import { useRef } from "react";
import { useUploads } from "./uploads.js";

export { useUploads };

const SMALL =
  "inline-flex items-center shrink-0 whitespace-nowrap h-8 max-md:h-11 px-2.5 rounded-md text-sm font-medium text-muted hover:text-ink hover:bg-sunken";

const BAR =
  "block h-1.5 appearance-none rounded-full overflow-hidden bg-sunken [&::-webkit-progress-bar]:bg-sunken [&::-webkit-progress-value]:bg-accent [&::-moz-progress-bar]:bg-accent";

// From so many on they are counted, and can be stopped together; their list scrolls.
const MANY = 5;

export function Picker({ accept, take, className, children, ...props }) {
  const input = useRef(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        accept={accept}
        hidden
        data-testid="file-input"
        onChange={(event) => {
          take(event.target.files);
          event.target.value = "";
        }}
      />
      <button type="button" onClick={() => input.current.click()} className={className} {...props}>
        {children}
      </button>
    </>
  );
}

function Item({ item, remove, again }) {
  const isFailed = item.is === "failed";
  return (
    <li className="flex items-center gap-3 rounded-md border border-line bg-surface px-3 py-2 min-h-11">
      <div className="grow min-w-0">
        <div className="truncate text-sm font-medium">{item.name}</div>
        {isFailed ? (
          <p className="m-0 text-sm text-danger">{item.why}</p>
        ) : (
          <progress
            value={item.percent}
            max={100}
            aria-label={`Upload of ${item.name}`}
            className={`${BAR} w-full mt-1`}
          />
        )}
      </div>
      {!isFailed && (
        <span className="text-xs tabular-nums text-muted w-20 text-right">
          {item.is === "waiting" ? "Waiting" : item.percent < 100 ? `${item.percent} %` : "Checking…"}
        </span>
      )}
      {isFailed && (
        <button type="button" className={SMALL} onClick={() => again(item.id)} aria-label={`Try ${item.name} again`}>
          Try again
        </button>
      )}
      <button
        type="button"
        className={SMALL}
        onClick={() => remove(item.id)}
        aria-label={isFailed ? `Dismiss ${item.name}` : `Cancel the upload of ${item.name}`}
      >
        {isFailed ? "Dismiss" : "Cancel"}
      </button>
    </li>
  );
}

export function UploadList({ uploads, className = "" }) {
  const left = uploads.items.length;
  const total = uploads.total ?? left; // unknown: they are a part of what was chosen
  const isMany = total > MANY;
  return (
    <>
      {isMany && left > 0 && (
        <div className="flex items-center gap-3 text-sm text-muted tabular-nums">
          {left < total ? `${left} of ${total}` : left} still to upload
          <progress value={total - left} max={total} aria-label="Files uploaded" className={`${BAR} grow min-w-0`} />
          <button type="button" className={SMALL} onClick={uploads.stop}>
            Stop all uploads
          </button>
        </div>
      )}
      {left > 0 && (
        <ul className={`list-none m-0 p-0 flex flex-col gap-2 ${isMany ? "max-h-40 overflow-y-auto" : ""} ${className}`} aria-label="Uploads">
          {uploads.items.map((item) => (
            <Item key={item.id} item={item} remove={uploads.remove} again={uploads.again} />
          ))}
        </ul>
      )}
      <div role="status" aria-live="polite" className="sr-only">{uploads.said}</div>
      {uploads.isOver && (
        <div className="fixed inset-0 z-50 grid place-items-center bg-[var(--veil)] pointer-events-none" aria-hidden="true">
          <div className="rounded-xl border-2 border-dashed border-accent-ink bg-raised px-8 py-6 text-lg font-semibold shadow-float">
            Drop to upload
          </div>
        </div>
      )}
    </>
  );
}

export function Uploader({ accept, maxBytes, onDone, label, className, children }) {
  const uploads = useUploads({ accept, maxBytes, onDone });
  return (
    <div className="flex flex-col gap-2 empty:hidden">
      <Picker accept={accept} take={uploads.take} className={className}>
        {children}
        {label}
      </Picker>
      <UploadList uploads={uploads} className="w-full" />
    </div>
  );
}
