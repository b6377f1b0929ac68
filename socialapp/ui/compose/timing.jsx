import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { ZoneSelect } from "$/public/external/socialapp/ui/components/jsx/zone.jsx";
import { Menu } from "$/public/external/socialapp/ui/components/jsx/menu.jsx";
import { Repeat } from "./repeat.jsx";
import { Suggested } from "./suggested.jsx";
import { CARD, INPUT, ITEM, PLAIN, PRIMARY, TITLE } from "./look.js";

const QUIET_MS = 120;

// The foot of an editor: when, and the ways to send or keep it.
export function Sending({ asks, sending, saving, chosen, time, setTime, moment, onSpeak, suggested, onSuggest, children }) {
  const { isPlanned, isAsking, setAsking, isSending, canSend, isTimeRight, send, told } = sending;
  const [isKept, setKept] = useState(false);
  useEffect(() => {
    if (saving.is === "dirty") setKept(false);
  }, [saving.is]);
  const isBusy = isSending || (isPlanned && saving.is === "saving");
  const queue = suggested?.asked === chosen.map((c) => c.id).join(",") && !time.repeat ? suggested.queue : "";
  return (
    <div className={`${CARD} p-4 flex flex-col gap-3`}>
      {!isPlanned && (
        <When time={time} setTime={setTime} moment={moment} onSpeak={onSpeak}>
          {onSuggest && <Suggested chosen={chosen} time={time} setTime={setTime} suggested={suggested} onSuggest={onSuggest} />}
        </When>
      )}
      {asks && (
        <p className="m-0 text-sm text-muted">
          {isPlanned ? "If it was approved, a change needs approval again." : "It does not go out before somebody who may has approved it."}
        </p>
      )}
      {isPlanned && children}
      {isAsking && <Ask ask={`Publish to ${chosen.map((c) => c.name).join(", ")} now? It cannot be taken back.`} onYes={() => send("now")} onNo={() => setAsking(false)} />}
      <div className="flex flex-wrap items-center justify-end gap-3">
        <div role="alert" className="grow text-base text-danger min-w-0">{told || (saving.is === "refused" ? saving.why : "")}</div>
        <div role="status" className="text-base text-muted empty:hidden">
          {isKept && saving.is === "saved" && (
            <>
              Kept as a draft: it goes nowhere until you schedule it. <Link to="/queue/?tab=drafts" className="text-accent-ink underline">See drafts</Link>
            </>
          )}
        </div>
        {!isPlanned && queue && (
          <button type="button" className={`${PLAIN} max-md:w-full max-md:flex-col max-md:gap-0 max-md:h-auto max-md:py-1.5`} disabled={isBusy || !canSend} onClick={() => send("queue")}>
            {asks ? "Submit for the next free slot" : "Add to queue"} <span className="font-normal text-muted">{queue}</span>
          </button>
        )}
        <div className="max-md:grow max-md:[&>*]:w-full">
          <Send
            asks={asks}
            isPlanned={isPlanned}
            isBusy={isBusy}
            canSend={canSend}
            isTimeRight={isTimeRight}
            repeats={!!time.repeat}
            onSchedule={() => send("schedule")}
            onNow={() => setAsking(true)}
            onQueue={queue ? null : () => send("queue")}
            onSave={() => (saving.save(), setKept(true))}
          />
        </div>
      </div>
    </div>
  );
}

function When({ time, setTime, moment, onSpeak, disabled, children }) {
  const first = useRef(true);
  useEffect(() => {
    const ask = () => time.local && onSpeak(time.local, time.zone, time.repeat ?? "");
    const timer = setTimeout(ask, first.current ? 0 : QUIET_MS);
    first.current = false;
    // "in 2 days" grows old while the page is open.
    const again = setInterval(ask, 30000);
    return () => {
      clearTimeout(timer);
      clearInterval(again);
    };
  }, [time.local, time.zone, time.repeat]);
  const isCurrent = moment.asked === `${time.local} ${time.zone} ${time.repeat ?? ""}`.trimEnd();
  return (
    <section aria-labelledby="compose-when" className="flex flex-col gap-2">
      <h2 id="compose-when" className={TITLE}>When</h2>
      <div className="flex flex-wrap gap-2">
        <input
          type="datetime-local"
          aria-label="Date and time"
          aria-describedby="compose-moment"
          value={time.local}
          disabled={disabled}
          onChange={(event) => setTime({ ...time, local: event.target.value })}
          className={`${INPUT} !w-auto grow`}
        />
        <div className="grow min-w-44">
          <label htmlFor="compose-zone" className="sr-only">Time zone</label>
          <ZoneSelect id="compose-zone" value={time.zone} onChange={(zone) => setTime({ ...time, zone })} className={`${INPUT} pr-8`} />
        </div>
      </div>
      {children}
      <div id="compose-moment" role="status" className={`text-sm min-h-5 ${moment.trouble && isCurrent ? "text-danger" : "text-muted"}`}>
        {!time.local ? "Choose a date and a time." : !isCurrent ? "…" : moment.trouble || `${moment.words} · ${moment.distance}`}
      </div>
      {isCurrent && moment.note && <p className="m-0 text-sm text-warning">{moment.note}</p>}
      {!disabled && time.local && <Repeat local={time.local} setRule={(repeat) => setTime((now) => ({ ...now, repeat }))} moment={moment} isCurrent={isCurrent && !moment.trouble} />}
    </section>
  );
}

function Send({ asks, isPlanned, isBusy, canSend, isTimeRight, repeats, onSchedule, onNow, onQueue, onSave }) {
  if (isPlanned) {
    return (
      <button type="button" className={PRIMARY} disabled={isBusy} onClick={onSave}>
        {isBusy ? "Saving…" : "Save changes"}
      </button>
    );
  }
  const isOff = isBusy || !canSend;
  return (
    <div className="flex">
      <button type="button" className={`${PRIMARY} grow rounded-r-none`} disabled={isOff || !isTimeRight} onClick={onSchedule} title={asks ? "Submit for approval (Ctrl Enter)" : "Schedule (Ctrl Enter)"}>
        {asks ? (isBusy ? "Submitting…" : "Submit for approval") : isBusy ? "Scheduling…" : "Schedule"}
      </button>
      <div className="[&>details]:h-full">
        <Menu
          label="More ways to send or keep it"
          face={
            <svg width="14" height="14" viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round">
              <path d="M3 6l5 5 5-5" />
            </svg>
          }
          buttonClass={`${PRIMARY} rounded-l-none border-l border-l-[color:color-mix(in_srgb,var(--on-accent)_35%,transparent)] !px-2.5`}
          className="absolute bottom-full mb-1 right-0 z-40 min-w-52 rounded-lg border border-line bg-raised shadow-float p-1 animate-appear"
        >
          {onQueue && <button type="button" className={ITEM} disabled={isOff || repeats} onClick={onQueue}>{asks ? "Submit for the next free slot" : "Add to queue"}</button>}
          {!asks && <button type="button" className={ITEM} disabled={isOff || repeats} onClick={onNow}>Publish now</button>}
          <button type="button" className={ITEM} onClick={onSave}>Save draft</button>
        </Menu>
      </div>
    </div>
  );
}

function Ask({ ask, onYes, onNo }) {
  const yes = useRef(null);
  useEffect(() => yes.current?.focus(), []);
  return (
    <div role="alertdialog" aria-label={ask} className="flex flex-wrap items-center justify-end gap-2 rounded-md border border-line bg-sunken p-3">
      <span className="grow">{ask}</span>
      <button type="button" className={PLAIN} onClick={onNo}>Not yet</button>
      <button type="button" ref={yes} className={PRIMARY} onClick={onYes}>Publish now</button>
    </div>
  );
}
