import { useEffect, useRef } from "react";
import { useNavigate } from "react-router";

const TYPING = "input,textarea,select,[contenteditable=''],[contenteditable=true]";

export function Keys({ go, new: newPost, onHelp }) {
  const navigate = useNavigate();
  const help = useRef(onHelp);
  help.current = onHelp;
  useEffect(() => {
    let since = 0;
    const onKey = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
      const key = event.key.toLowerCase();
      const isSecond = Date.now() - since < 1500;
      since = 0;
      if (isSecond && go[key]) navigate(go[key]);
      else if (key === "g") since = Date.now();
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
