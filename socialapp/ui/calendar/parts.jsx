// Written out, because Tailwind finds the classes by reading.
const LOOKS = {
  needs_approval: "text-s-needs-approval bg-s-needs-approval-soft",
  changes_requested: "text-s-changes-requested bg-s-changes-requested-soft",
  queued: "text-s-queued bg-s-queued-soft",
  publishing: "text-s-publishing bg-s-publishing-soft",
  posted: "text-s-posted bg-s-posted-soft",
  partly_posted: "text-s-partly-posted bg-s-partly-posted-soft",
  failed: "text-s-failed bg-s-failed-soft",
  needs_check: "text-s-needs-check bg-s-needs-check-soft",
  missed: "text-s-missed bg-s-missed-soft",
  paused: "text-s-paused bg-s-paused-soft",
  cancelled: "text-s-cancelled bg-s-cancelled-soft line-through",
};
const VIEWS = { day: "Day", week: "Week", month: "Month", list: "List" };
const BUTTON = "inline-flex items-center justify-center h-9 max-md:h-11 px-3 rounded-md border border-line-strong bg-surface text-ink hover:bg-sunken";

// One post: its time, its status as a word, its text; what it clashes with is marked.
export function Event({ info, view, zone }) {
  const { post, more, free } = info.event.extendedProps;
  if (more) return <span data-event={info.event.id} className="block px-1.5 py-0.5 text-xs font-medium text-muted">{info.event.title}</span>;
  if (free)
    return (
      <span
        data-event={info.event.id}
        title={`${free.local.slice(11, 16)} ${zone}, a free posting time: ${free.channels}. Write a post for it.`}
        className="block h-full min-w-0 w-full overflow-hidden rounded-sm border border-dashed border-line-strong px-1.5 py-0.5 text-2xs text-muted hover:border-accent-ink hover:text-accent-ink"
      >
        <span aria-hidden="true" className="font-bold">+ </span>
        <time className="tabular-nums">{free.local.slice(11, 16)}</time>
        <span className="block truncate">{free.channels}</span>
      </span>
    );
  if (!post) return null;
  const time = post.local.slice(11, 16);
  const isRoomy = view === "list" || view === "day"; // for somebody's own time beside it
  const label = `${time} ${zone}, ${post.label}: ${post.text || "No text"}. ${post.channels}${post.is_repeated ? ". Repeats" : ""}${post.clash ? `. Clash: ${post.clash}` : ""}`;
  return (
    <span
      data-event={post.key}
      data-status={post.status}
      title={label}
      className={`block min-w-0 w-full overflow-hidden rounded-sm border-l-2 border-l-current px-1.5 ${view === "list" ? "py-2 text-xs" : "py-0.5 text-2xs"} ${view === "week" || view === "day" ? "h-full" : ""} ${LOOKS[post.status] ?? LOOKS.queued}`}
    >
      <span className="flex items-center gap-1 whitespace-nowrap">
        <time dateTime={isRoomy ? post.instant : undefined} className="font-semibold tabular-nums">{time}</time>
        {post.is_repeated && <span role="img" aria-label="Repeats">↻</span>}
        {post.clash && <span role="img" aria-label={`Clash: ${post.clash}`} className="font-bold text-warning">⚠</span>}
        {/* There is room for one word: of what is queued, the rule, where it goes; else what it is. */}
        {(view === "list" || post.status !== "queued") && <span className="truncate">{post.label}</span>}
        {view === "list" && <span aria-hidden="true">·</span>}
        {(view === "list" || post.status === "queued") && <span className="truncate">{post.channels}</span>}
      </span>
      <span className="block truncate text-ink">{post.text || "No text"}</span>
    </span>
  );
}

export function Toolbar({ title, view, zone, onView, onStep, onToday }) {
  return (
    <div className="flex flex-wrap items-center gap-2 pb-2">
      <button type="button" className={`${BUTTON} !px-2.5`} aria-label="Before" onClick={() => onStep(-1)}>‹</button>
      <button type="button" className={BUTTON} onClick={onToday}>Today</button>
      <button type="button" className={`${BUTTON} !px-2.5`} aria-label="After" onClick={() => onStep(1)}>›</button>
      <h2 aria-live="polite" className="m-0 px-1 text-lg font-semibold">{title}</h2>
      <span className="rounded-full border border-line px-2.5 py-0.5 text-xs text-muted">{zone}</span>
      <div role="group" aria-label="View" className="flex md:ml-auto max-md:w-full gap-0.5 rounded-md border border-line bg-sunken p-0.5">
        {Object.entries(VIEWS).map(([each, label]) => (
          <button
            key={each}
            type="button"
            aria-pressed={view === each}
            onClick={() => onView(each)}
            className={`h-8 max-md:h-11 grow px-3 rounded-sm ${view === each ? "bg-surface text-ink font-medium shadow-card" : "text-muted hover:text-ink"}`}
          >
            {label}
          </button>
        ))}
      </div>
    </div>
  );
}
