import { useEffect, useRef } from "react";
import { useNavigate } from "react-router";
import { tell, useShortcut } from "./shortcut.js";

const CHORD_MS = 3000;
const TYPING = "input,textarea,select,[contenteditable=''],[contenteditable=true]";

// Hears the table of keys.py: goes to addresses, and tells the page the other names.
export function Keys({ table, onHelp }) {
  const navigate = useNavigate();
  useShortcut((name) => name === "help" && onHelp?.());
  const latest = useRef({});
  latest.current = { table, navigate };
  useEffect(() => {
    let first = "";
    let since = -CHORD_MS;
    const onKey = (event) => {
      if (event.altKey || event.defaultPrevented || document.querySelector("dialog[open]")) return;
      const withModifier = event.ctrlKey || event.metaKey;
      // Until the next frame a field that has just been hidden is still the one that hears the keys.
      const isTyping = Boolean(event.target.closest?.(TYPING)?.getClientRects().length);
      if (isTyping && !withModifier) return;
      const key = event.key.toLowerCase();
      // When it was pressed, not when a busy page comes to it.
      const isSecond = first && event.timeStamp - since < CHORD_MS;
      const keys = withModifier ? (event.shiftKey ? "" : `mod+${key}`) : isSecond ? `${first} ${key}` : key;
      const there = latest.current.table.filter((each) => !each.on.length || each.on.some((place) => window.location.pathname.startsWith(place)));
      const found = there.find((each) => each.keys === keys);
      // What takes a move back takes typing back where somebody types.
      if (found && isTyping && keys === "mod+z") return;
      first = !found && there.some((each) => each.keys.startsWith(`${keys} `)) ? keys : "";
      since = event.timeStamp;
      if (!found && !first) return;
      event.preventDefault();
      if (found?.does.startsWith("/")) latest.current.navigate(found.does);
      else if (found) tell(found.does);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return null;
}
