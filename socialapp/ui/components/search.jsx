import { useEffect, useRef, useState } from "react";

// The text lives here: keys must not wait for the server.
export function Search({ label, value, boxClass, className, onSearch }) {
  const [words, setWords] = useState(value);
  const asked = useRef(value);
  const timer = useRef(null);
  useEffect(() => {
    if (value !== asked.current) {
      asked.current = value;
      setWords(value);
    }
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (event) => {
    const next = event.target.value;
    setWords(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      asked.current = next.trim();
      onSearch?.(next);
    }, 300);
  };
  return (
    <div className={boxClass} role="search">
      <svg className="absolute left-3 top-1/2 -translate-y-1/2 text-faint" width="15" height="15" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" aria-hidden="true">
        <path d="M7.2 12.4a5.2 5.2 0 100-10.4 5.2 5.2 0 000 10.4zM11 11l3 3" />
      </svg>
      <input type="search" aria-label={label} placeholder={label} value={words} onChange={change} maxLength={200} className={className} />
    </div>
  );
}
