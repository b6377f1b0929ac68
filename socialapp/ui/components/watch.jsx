import { useEffect, useRef, useState } from "react";

const EVERY = 30000;
const NOT_BEFORE = 2000;

// The wait differs from tab to tab: a thousand of them must not ask in the same instant.
export function Watch({ version, number, onStale }) {
  const first = useRef(true);
  const counted = useRef(number);
  const stale = useRef(false);
  const asked = useRef(0);
  const timer = useRef(null);
  const call = useRef(onStale);
  call.current = onStale;
  const ask = () => {
    if (document.visibilityState !== "visible") {
      stale.current = true;
      return;
    }
    stale.current = false;
    asked.current = Date.now();
    call.current?.();
  };
  const soon = () => {
    clearTimeout(timer.current);
    const rest = Math.max(0, NOT_BEFORE - (Date.now() - asked.current));
    timer.current = setTimeout(ask, rest + 300 + Math.random() * 500);
  };
  useEffect(() => {
    if (first.current) first.current = false;
    else soon();
  }, [version]);
  useEffect(() => {
    // Something came into the list. What leaves it stays to be seen until the list is read again.
    if (number > counted.current) soon();
    counted.current = number;
  }, [number]);
  useEffect(() => {
    const back = () => {
      const isOld = Date.now() - asked.current > 10000;
      if (document.visibilityState === "visible" && (stale.current || isOld)) soon();
    };
    const every = setInterval(() => soon(), EVERY + Math.random() * 3000);
    document.addEventListener("visibilitychange", back);
    window.addEventListener("focus", back);
    return () => {
      clearInterval(every);
      clearTimeout(timer.current);
      document.removeEventListener("visibilitychange", back);
      window.removeEventListener("focus", back);
    };
  }, []);
  return null;
}

export function Say({ text }) {
  const [said, setSaid] = useState("");
  const last = useRef(0);
  useEffect(() => {
    const wait = Math.max(0, 15000 - (Date.now() - last.current));
    const timer = setTimeout(() => {
      last.current = Date.now();
      setSaid(text);
    }, last.current ? wait : 3000);
    return () => clearTimeout(timer);
  }, [text]);
  return <div role="status" className="sr-only">{said}</div>;
}
