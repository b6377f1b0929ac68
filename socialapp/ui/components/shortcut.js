import { useEffect, useRef } from "react";

// Tells the page that something was asked for by name, whoever asked: keys, a button, the palette.
export const tell = (name, about = "") => document.dispatchEvent(new CustomEvent("shortcut", { detail: { name, about } }));

export function useShortcut(hear) {
  const latest = useRef(hear);
  latest.current = hear;
  useEffect(() => {
    const onTold = (event) => latest.current(event.detail.name, event.detail.about);
    document.addEventListener("shortcut", onTold);
    return () => document.removeEventListener("shortcut", onTold);
  }, []);
}
