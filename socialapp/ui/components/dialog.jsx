import { useEffect, useId, useRef } from "react";

// The open state belongs to the page; the element follows it, so that Esc is told and not lost.
export function Dialog({ open, title, side, scrolls, onClose, className, children }) {
  const box = useRef(null);
  const name = useId();
  const close = () => onClose?.();
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    if (open && !element.open) element.showModal();
    if (!open && element.open) element.close();
  }, [open]);
  const onBackdrop = (event) => {
    if (event.target !== box.current) return;
    const r = box.current.getBoundingClientRect();
    const inside =
      event.clientX >= r.left && event.clientX <= r.right &&
      event.clientY >= r.top && event.clientY <= r.bottom;
    if (!inside) close();
  };
  return (
    <dialog
      ref={box}
      className={className}
      aria-labelledby={name}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onMouseDown={onBackdrop}
    >
      {open && (
        <>
          <header className="flex items-center justify-between gap-3 pl-5 pr-3 py-3 border-b border-line">
            <h2 id={name} className="text-lg font-semibold m-0">{title}</h2>
            <button
              type="button"
              aria-label="Close"
              onClick={close}
              className="inline-flex items-center justify-center size-9 max-md:size-11 rounded-md text-muted hover:text-ink hover:bg-sunken"
            >
              <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
                <path d="M3 3l10 10M13 3L3 13" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />
              </svg>
            </button>
          </header>
          <div className="overflow-y-auto px-5 py-4 grow" tabIndex={side || scrolls ? 0 : undefined}>{children}</div>
        </>
      )}
    </dialog>
  );
}
