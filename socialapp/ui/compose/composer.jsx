import { useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "react-router";
import { useUploads } from "$/public/external/socialapp/ui/components/uploader/uploads.js";
import * as copies from "./copies.js";
import { checker, placeOf } from "./checks.js";
import { counter } from "./counts.js";
import { Channels } from "./channels.jsx";
import { Counts, Editor, useMeasures } from "./editor.jsx";
import { CARD } from "./look.js";
import { Conflict, Problems, SaveState, Told } from "./notices.jsx";
import { Preview } from "./preview.jsx";
import { Strip } from "./strip.jsx";
import { Ask, Send, When } from "./timing.jsx";
import { useSaving } from "./saving.js";

const number = (word) => (/^\d{1,15}$/.test(word ?? "") ? Number(word) : 0);

// Asks for the post that the address names; a new address is a new post, a lost line is not.
export function Composer({ draft, rules, onOpen, ...rest }) {
  const location = useLocation();
  const [counting] = useState(() => counter(rules));
  const [checking] = useState(() => checker(counting, rules));
  const [ticket, setTicket] = useState("");
  const [shown, setShown] = useState(null);
  useEffect(() => copies.beat(), []);
  useEffect(() => {
    const asked = new URLSearchParams(window.location.search);
    const mine = Math.random().toString(36).slice(2);
    setTicket(mine);
    const media = (asked.get("media") ?? "").split(",").map(number).filter(Boolean);
    onOpen({ ticket: mine, post_id: number(asked.get("post")), media_ids: media.slice(0, 50) });
  }, [location.key]);
  useEffect(() => {
    if (ticket && draft.ticket === ticket && shown?.ticket !== ticket) setShown(restored(draft));
  }, [draft, ticket]);
  if (!shown) return <div className="h-96 rounded-lg bg-sunken animate-[shimmer_1.4s_ease-in-out_infinite]" aria-busy="true" />;
  return (
    <Desk
      key={shown.ticket + shown.turn}
      draft={shown}
      counting={counting}
      checking={checking}
      reload={() => onOpen({ ticket: (setTicket(`${ticket}r`), `${ticket}r`), post_id: shown.post_id, media_ids: [] })}
      copyAsNew={(content) => setShown({ ...shown, ...content, turn: shown.turn + 1, key: fresh(), post_id: 0, revision: 0, state: "draft", is_restored: true, told: "" })}
      {...rest}
    />
  );
}

const fresh = () => `new-${Math.random().toString(36).slice(2)}`;

// What this browser kept and the server never got comes first; what it was based on decides the rest.
function restored(draft) {
  const key = draft.post_id ? `post-${draft.post_id}` : fresh();
  const copy = draft.post_id ? copies.read(key) : draft.media.length ? null : copies.abandoned();
  const plain = { ...draft, key, turn: 0, is_restored: false, told: "" };
  const isSame = copy && copy.text === draft.text && String(copy.media_ids) === String(draft.media.map((m) => m.id));
  if (!copy || isSame || draft.state === "closed") return plain;
  if (!draft.post_id) copies.drop(copy.key);
  return {
    ...plain,
    text: copy.text,
    media: copy.media ?? [],
    channel_ids: copy.channel_ids ?? draft.channel_ids,
    post_id: draft.post_id || copy.post_id || 0,
    revision: copy.post_id || draft.post_id ? copy.revision : 0,
    is_restored: true,
    told: "This text was not saved last time; it is back.",
  };
}

function Desk({ draft, counting, checking, channels, saved, moment, maxBytes, accept, altLimit, reload, copyAsNew, onSave, onSend, onSpeak, onConflict }) {
  const [text, setText] = useState(draft.text);
  const [media, setMedia] = useState(draft.media);
  const [chosenIds, setChosenIds] = useState(draft.channel_ids);
  const [time, setTime] = useState({ local: draft.local, zone: draft.zone });
  const [isSending, setSending] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const [told, setTold] = useState("");
  const field = useRef(null);
  const isClosed = draft.state === "closed";
  const isPlanned = draft.state === "planned";
  const chosen = useMemo(() => channels.filter((c) => chosenIds.includes(c.id)), [channels, chosenIds]);
  const content = { text, media_ids: media.map((m) => m.id), channel_ids: chosen.map((c) => c.id) };
  const saving = useSaving({
    draft,
    content,
    media,
    saved,
    isAutomatic: !isClosed && !isPlanned && !isSending,
    onSave,
  });
  const uploads = useUploads({ accept, maxBytes, isOn: !isClosed, onDone: (asset, turn) => setMedia((now) => placed(now, { ...asset, turn })) });
  const measured = useMeasures({ checking, text, media, chosen });
  const judged = useMemo(
    () => chosen.flatMap((c) => checking.check({ text, media, options: c.options }, c.can, c).problems),
    [checking, text, media, chosen],
  );
  const found = unique(judged, saved.ticket === draft.ticket && saving.is === "saved" ? saved.problems : []);
  const errors = found.filter((p) => p.severity === "error");
  const blank = !text.trim() && !media.length;
  const isTimeRight = moment.asked === `${time.local} ${time.zone}` && !moment.trouble;
  const canSend = !isClosed && !errors.length && chosen.length > 0 && !uploads.items.some((i) => i.is !== "failed");

  const send = (how) => {
    if (!canSend || isSending) {
      setTold(blank ? "Write something first." : !chosen.length ? "Choose a channel first." : errors[0]?.message ?? "An upload is still under way.");
      return;
    }
    setTold("");
    setAsking(false);
    setSending(true);
    onSend(saving.request({ how, local: time.local, zone: time.zone }));
  };
  useEffect(() => {
    if (saving.is !== "saving") setSending(false);
  }, [saving.is, saved]);
  useEffect(() => {
    // The address names the draft from now on: a reload goes on with it.
    if (saving.postId && !isClosed) window.history.replaceState(window.history.state, "", `/compose/?post=${saving.postId}`);
  }, [saving.postId]);
  useEffect(() => {
    const onKey = (event) => {
      if (!(event.ctrlKey || event.metaKey) || document.querySelector("dialog[open]") || isClosed) return;
      if (event.key === "Enter") isPlanned ? saving.save() : isTimeRight ? send("schedule") : setTold("Choose a time that is still to come.");
      else if (event.key.toLowerCase() === "s") saving.save();
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  });

  return (
    <div className="flex flex-col gap-4">
      <header className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h1 className="text-xl font-semibold tracking-tight m-0">{draft.post_id ? "Edit post" : "New post"}</h1>
        <SaveState saving={saving} isPlanned={isPlanned} />
      </header>
      <Told draft={draft} onCopy={() => copyAsNew({ text, media, channel_ids: chosenIds })} />
      {saving.is === "stale" && (
        <Conflict
          onReload={() => {
            copies.keep("aside", { text });
            copies.drop(draft.key);
            reload();
          }}
          onNew={() => copyAsNew({ text, media, channel_ids: chosenIds })}
          onOverwrite={saving.overwrite}
        />
      )}
      <Channels channels={channels} chosen={chosenIds} setChosen={setChosenIds} disabled={isClosed || isPlanned} />
      <div className="grid gap-5 lg:grid-cols-[minmax(0,1fr)_22rem] items-start">
        <div className="flex flex-col gap-5 min-w-0">
          <div className={CARD}>
            <Editor text={text} setText={setText} measured={measured} field={field} disabled={isClosed} />
            <div className="border-t border-line px-4 py-2 min-h-9"><Counts measured={measured} /></div>
          </div>
          <Problems found={blank ? [] : found} isReady={!blank && chosen.length > 0 && !errors.length} channels={chosen.length} toText={(problem) => show(field.current, problem)} />
          <Strip media={media} setMedia={setMedia} uploads={uploads} accept={accept} altLimit={altLimit} disabled={isClosed} />
          {!isClosed && (
            <div className={`${CARD} p-4 flex flex-col gap-3`}>
              {!isPlanned && <When time={time} setTime={setTime} moment={moment} onSpeak={onSpeak} />}
              {isAsking && <Ask ask={`Publish to ${chosen.map((c) => c.name).join(", ")} now? It cannot be taken back.`} onYes={() => send("now")} onNo={() => setAsking(false)} />}
              <div className="flex flex-wrap items-center justify-end gap-3">
                <div role="alert" className="grow text-base text-danger min-w-0">{told || (saving.is === "refused" ? saving.why : "")}</div>
                <div className="max-md:grow max-md:[&>*]:w-full">
                  <Send
                    isPlanned={isPlanned}
                    isBusy={isSending || (isPlanned && saving.is === "saving")}
                    canSend={canSend}
                    isTimeRight={isTimeRight}
                    onSchedule={() => send("schedule")}
                    onNow={() => setAsking(true)}
                    onSave={saving.save}
                  />
                </div>
              </div>
            </div>
          )}
        </div>
        <Preview counting={counting} text={text} media={media} chosen={chosen} />
      </div>
    </div>
  );
}

// Small files overtake large ones on their way: they stand in the order in which they were chosen.
function placed(media, asset) {
  const at = media.findIndex((m) => m.turn > asset.turn);
  return at < 0 ? [...media, asset] : [...media.slice(0, at), asset, ...media.slice(at)];
}

function show(field, { field: where, start, end }) {
  field.focus();
  if (where === "text" && start !== null) field.setSelectionRange(placeOf(field.value, start), placeOf(field.value, end));
}

function unique(...lists) {
  const all = lists.flat();
  return [...new Map(all.map((p) => [p.code + p.message, p])).values()];
}
