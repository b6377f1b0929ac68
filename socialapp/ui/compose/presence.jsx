import { useEffect, useRef } from "react";

const BEAT_MS = 10000;

// Says that this tab has the post open, and who else has. A new line to the server knows nothing of it: so it is said
// again and again. `editing` is { name, person, tabs } by the id of the post, `me` the person of this tab.
export function Presence({ kind, postId, isOn, editing, me, onEdit }) {
  const call = useRef(onEdit);
  call.current = onEdit;
  useEffect(() => {
    if (!isOn || !postId) return undefined;
    call.current(postId);
    const timer = setInterval(() => call.current(postId), BEAT_MS);
    return () => {
      clearInterval(timer);
      call.current(0);
    };
  }, [postId, isOn]);
  const here = (isOn && editing?.[postId]) || [];
  const others = here.filter(({ person }) => person !== me).map(({ name }) => name);
  const isTwice = here.some(({ person, tabs }) => person === me && Number(tabs) > 1);
  const words = [
    others.length && `${listed(others)} ${others.length > 1 ? "are" : "is"} editing this ${kind} too.`,
    isTwice && `You have this ${kind} open in another tab too.`,
  ].filter(Boolean);
  return (
    <div role="status" data-presence className="text-sm text-warning empty:hidden">
      {words.length > 0 && <><span aria-hidden="true">● </span>{words.join(" ")}</>}
    </div>
  );
}

const listed = (names) => (names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0]);
