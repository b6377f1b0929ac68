import { useEffect, useRef } from "react";

export function Follow({ value, onChange }) {
  const call = useRef(onChange);
  call.current = onChange;
  const first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else call.current?.();
  }, [value]);
  return null;
}
