import { useEffect, useRef } from "react";

export function Menu({ label, face, buttonClass, className, children }) {
  const box = useRef(null);
  const close = (focus) => {
    if (!box.current?.open) return;
    box.current.open = false;
    if (focus) box.current.querySelector("summary").focus();
  };
  useEffect(() => {
    const outside = (event) => {
      if (!box.current?.contains(event.target)) close(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, []);
  const items = () => [...box.current.querySelectorAll("[data-menu] :is(a,button):not(:disabled)")];
  const onKeyDown = (event) => {
    if (event.key === "Escape" && box.current.open) {
      event.stopPropagation();
      return close(true);
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    box.current.open = true;
    const all = items();
    const at = all.indexOf(document.activeElement);
    all[(at + step + all.length) % all.length]?.focus();
  };
  return (
    <details
      ref={box}
      className="relative"
      onKeyDown={onKeyDown}
      onBlur={(event) => {
        if (event.relatedTarget && !box.current.contains(event.relatedTarget)) close(false);
      }}
    >
      <summary aria-label={label} title={label} className={buttonClass}>{face}</summary>
      <div data-menu="" className={className} onClick={(event) => event.target.closest("a,button") && close(false)}>
        {children}
      </div>
    </details>
  );
}
