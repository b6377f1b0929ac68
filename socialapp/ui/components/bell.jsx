import { useEffect, useId, useRef, useState } from "react";
import { useNavigate } from "react-router";

const PLACE = "/api/notifications";
const SPREAD_MS = 250;
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];
const ago = (at) => {
  const seconds = Math.max(0, (Date.now() - Date.parse(at)) / 1000);
  const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? ["", 0];
  const n = Math.floor(seconds / size);
  return unit ? `${n} ${unit}${n === 1 ? "" : "s"} ago` : "just now";
};
// What was told stays between pages: each has a bell of its own.
const kept = { inbox: null };

async function ask(place, body) {
  const more = body ? { method: "POST", body: JSON.stringify(body) } : {};
  try {
    const answer = await fetch(place, { headers: { "Content-Type": "application/json" }, ...more });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // The strip above says that the line is gone; it is asked again when it is back.
  }
}

export function Bell({ version, face, routes }) {
  const navigate = useNavigate();
  const [inbox, setInbox] = useState(kept.inbox);
  const [isOpen, setOpen] = useState(false);
  const [said, setSaid] = useState("");
  const box = useRef(null);
  const button = useRef(null);
  const id = useId();
  const keep = (found) => {
    if (!found) return;
    const known = kept.inbox?.items[0]?.id;
    const [first] = found.items;
    if (known !== undefined && first && first.id > known && !first.is_read) setSaid(first.title);
    kept.inbox = found;
    setInbox(found);
  };
  useEffect(() => {
    if (!version) return undefined;
    let isWanted = true;
    // Not all tabs in the same instant.
    const timer = setTimeout(() => ask(PLACE).then((found) => isWanted && keep(found)), Math.random() * SPREAD_MS);
    return () => { isWanted = false; clearTimeout(timer); };
  }, [version]);
  useEffect(() => {
    const outside = (event) => !box.current?.contains(event.target) && setOpen(false);
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, []);
  const read = (ids) => ask(`${PLACE}/read`, ids ? { ids } : {}).then(keep);
  const take = (one) => {
    if (!one.is_read) read([one.id]);
    const to = one.schedule_id ? routes.schedule + one.schedule_id : one.channel_id ? routes.reconnect + one.channel_id : one.post_id ? routes.post + one.post_id : "";
    if (!to) return;
    setOpen(false);
    navigate(to);
  };
  const unread = inbox?.unread ?? 0;
  const items = inbox?.items ?? [];
  return (
    <div
      ref={box}
      className="relative"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        event.stopPropagation();
        setOpen(false);
        button.current.focus();
      }}
    >
      <button
        ref={button}
        type="button"
        aria-label={unread ? `Notifications, ${unread} unread` : "Notifications"}
        title="Notifications"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
        className="relative inline-flex items-center justify-center size-9 max-md:size-11 rounded-md text-muted hover:text-ink hover:bg-sunken"
      >
        {face}
        {unread > 0 && (
          <span aria-hidden="true" className="absolute top-0.5 right-0 min-w-4 h-4 px-1 rounded-full bg-accent text-on-accent text-[0.625rem] leading-4 font-semibold tabular-nums text-center">
            {unread > 99 ? "99+" : unread}
          </span>
        )}
      </button>
      <div role="status" className="sr-only">{said}</div>
      <section
        id={id}
        hidden={!isOpen}
        aria-label="Notifications"
        className="absolute right-0 top-full mt-1 z-40 w-[min(25rem,calc(100vw-1rem))] max-h-[min(32rem,75dvh)] rounded-lg border border-line bg-raised shadow-float overflow-hidden [&:not([hidden])]:flex flex-col"
      >
        <header className="flex items-center justify-between gap-2 pl-4 pr-2 h-11 border-b border-line shrink-0">
          <h2 className="text-md font-semibold m-0">Notifications</h2>
          {unread > 0 && (
            <button type="button" onClick={() => read()} className="rounded-md px-2 h-8 max-md:h-11 text-sm font-medium text-accent-ink hover:bg-sunken">
              Mark all as read
            </button>
          )}
        </header>
        {items.length ? (
          <ul className="list-none m-0 p-0 overflow-y-auto divide-y divide-line" tabIndex={0} aria-label="Newest first">
            {items.map((one) => (
              <li key={one.id} className="relative flex gap-2.5 px-4 py-2.5 hover:bg-sunken">
                <span aria-hidden="true" className={`mt-1.5 size-2 shrink-0 rounded-full ${one.is_read ? "" : "bg-accent"}`} />
                <div className="min-w-0 grow">
                  <button type="button" onClick={() => take(one)} className={`text-left text-base text-ink break-words before:absolute before:inset-0 before:content-[''] ${one.is_read ? "" : "font-medium"}`}>
                    {!one.is_read && <span className="sr-only">Unread: </span>}
                    {one.title}
                  </button>
                  {one.text && <p className="m-0 mt-0.5 text-xs text-muted break-words line-clamp-3">{one.text}</p>}
                  <time dateTime={one.created_at} className="text-xs text-faint">{ago(one.created_at)}</time>
                </div>
              </li>
            ))}
          </ul>
        ) : (
          <p className="m-0 p-4 text-sm text-muted">
            Nothing yet. What fails, is missed or needs a check is told here, and when a channel loses its access.
          </p>
        )}
      </section>
    </div>
  );
}
