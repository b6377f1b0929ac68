import { useEffect, useRef } from "react";
import { useNavigate } from "react-router";

const CHORD_MS = 3000;
const TYPING = "input,textarea,select,[contenteditable=''],[contenteditable=true]";

export function Keys({ go, new: newPost, onHelp }) {
  const navigate = useNavigate();
  const help = useRef(onHelp);
  help.current = onHelp;
  useEffect(() => {
    let since = -CHORD_MS;
    const onKey = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      // Until the next frame a field that has just been hidden is still the one that hears the keys.
      const isTyping = Boolean(event.target.closest?.(TYPING)?.getClientRects().length);
      if (isTyping || document.querySelector("dialog[open]")) return;
      const key = event.key.toLowerCase();
      // When it was pressed, not when a busy page comes to it.
      const isSecond = event.timeStamp - since < CHORD_MS;
      since = -CHORD_MS;
      if (isSecond && go[key]) navigate(go[key]);
      else if (key === "g") since = event.timeStamp;
      else if (key === "n") navigate(newPost);
      else if (event.key === "?") help.current?.();
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return null;
}
