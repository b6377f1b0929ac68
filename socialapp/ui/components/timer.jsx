import { useEffect, useRef } from "react";

// A notice stays while somebody is at it: WCAG 2.2.1.
export function Timer({ seconds, onEnd }) {
  const spot = useRef(null);
  const end = useRef(onEnd);
  end.current = onEnd;
  useEffect(() => {
    let left = seconds * 1000;
    const tick = setInterval(() => {
      const item = spot.current?.closest("[data-notice]");
      if (item?.matches(":hover, :focus-within") || document.hidden) return;
      left -= 250;
      if (left <= 0) {
        clearInterval(tick);
        end.current?.();
      }
    }, 250);
    return () => clearInterval(tick);
  }, []);
  return <span ref={spot} hidden />;
}
