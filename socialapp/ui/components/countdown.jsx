import { useEffect, useState } from "react";

const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

export function distance(ms, overdue) {
  const seconds = Math.round(ms / 1000);
  if (seconds <= 0) return overdue;
  if (seconds < 3600) {
    const s = String(seconds % 60).padStart(2, "0");
    return `in ${Math.floor(seconds / 60)}:${s}`;
  }
  const [unit, size] = UNITS.find(([, length]) => seconds >= length);
  const n = Math.round(seconds / size);
  return `in ${n} ${unit}${n === 1 ? "" : "s"}`;
}

// Counts here and not on the server: a tick for each second and tab would be all its work.
export function Countdown({ at, overdue, className }) {
  const [words, setWords] = useState("");
  useEffect(() => {
    const due = Date.parse(at);
    const show = () => setWords(Number.isNaN(due) ? "" : distance(due - Date.now(), overdue));
    show();
    const tick = setInterval(show, 1000);
    return () => clearInterval(tick);
  }, [at, overdue]);
  return <span className={`tabular-nums ${className ?? ""}`} suppressHydrationWarning>{words}</span>;
}
