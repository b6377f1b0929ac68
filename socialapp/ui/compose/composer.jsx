import { useMemo, useRef, useState } from "react";
import { placed, useUploads } from "$/public/external/socialapp/ui/components/uploader/uploads.js";
import { checker } from "./checks.js";
import { counter } from "./counts.js";
import { Channels } from "./channels.jsx";
import { number, useDraft, useProblems, useSending } from "./desk.js";
import { Counts, Editor, useMeasures } from "./editor.jsx";
import { CARD } from "./look.js";
import { Head, Problems } from "./notices.jsx";
import { Preview } from "./preview.jsx";
import { Strip } from "./strip.jsx";
import { Sending } from "./timing.jsx";
import { useSaving } from "./saving.js";

const ids = (media) => String((media ?? []).map((m) => m.id));
const POST = {
  name: "post",
  fresh: "new-",
  isOpen: (draft) => !draft.media.length,
  isSame: (copy, draft) => copy.text === draft.text && ids(copy.media) === ids(draft.media),
  content: ({ text, media = [] }) => ({ text, media }),
};
const media = (asked) => ({ media_ids: (asked.get("media") ?? "").split(",").map(number).filter(Boolean).slice(0, 50) });
const address = (id) => `/compose/?post=${id}`;

export function Composer({ draft, rules, onOpen, ...rest }) {
  const [counting] = useState(() => counter(rules));
  const [checking] = useState(() => checker(counting, rules));
  const { shown, ...more } = useDraft({ draft, param: "post", ask: media, kind: POST, onOpen });
  if (!shown) return <div className="h-96 rounded-lg bg-sunken animate-[shimmer_1.4s_ease-in-out_infinite]" aria-busy="true" />;
  return <Desk key={shown.ticket + shown.turn} draft={shown} counting={counting} checking={checking} {...more} {...rest} />;
}

function Desk({ draft, counting, checking, channels, saved, moment, maxBytes, accept, altLimit, reload, copyAsNew, onSave, onSend, onSpeak }) {
  const [text, setText] = useState(draft.text);
  const [media, setMedia] = useState(draft.media);
  const [chosenIds, setChosenIds] = useState(draft.channel_ids);
  const [time, setTime] = useState({ local: draft.local, zone: draft.zone });
  const field = useRef(null);
  const isClosed = draft.state === "closed";
  const isPlanned = draft.state === "planned";
  const chosen = useMemo(() => channels.filter((c) => chosenIds.includes(c.id)), [channels, chosenIds]);
  const content = { text, media_ids: media.map((m) => m.id), channel_ids: chosen.map((c) => c.id) };
  const blank = !text.trim() && !media.length;
  const saving = useSaving({
    draft,
    content,
    kept: { media },
    isBlank: blank,
    saved,
    isAutomatic: !isClosed && !isPlanned,
    onSave,
  });
  const uploads = useUploads({ accept, maxBytes, isOn: !isClosed, onDone: (asset, turn) => setMedia((now) => placed(now, { ...asset, turn })) });
  const measured = useMeasures({ checking, text, media, chosen });
  const said = useMemo(() => ({ text, media }), [text, media]);
  const found = useProblems({ checking, content: said, chosen, draft, saved, saving });
  const errors = found.filter((p) => p.severity === "error");
  const isUploading = uploads.items.some((i) => i.is !== "failed");
  const sending = useSending({
    draft,
    saving,
    saved,
    time,
    moment,
    hindrance: blank ? "Write something first." : !chosen.length ? "Choose a channel first." : errors[0]?.message ?? (isUploading ? "An upload is still under way." : ""),
    address,
    onSend,
  });

  return (
    <div className="flex flex-col gap-4">
      <Head kind="post" draft={draft} saving={saving} content={{ text, media, channel_ids: chosenIds }} reload={reload} copyAsNew={copyAsNew} />
      <Channels channels={channels} chosen={chosenIds} setChosen={setChosenIds} disabled={isClosed || isPlanned} />
      <div className="grid gap-5 lg:grid-cols-[minmax(0,1fr)_22rem] items-start">
        <div className="flex flex-col gap-5 min-w-0">
          <div className={CARD}>
            <Editor text={text} setText={setText} measured={measured} field={field} disabled={isClosed} />
            <div className="border-t border-line px-4 py-2 min-h-9"><Counts measured={measured} /></div>
          </div>
          <Problems found={blank ? [] : found} isReady={!blank && chosen.length > 0 && !errors.length} channels={chosen.length} field={field} />
          <Strip media={media} setMedia={setMedia} uploads={uploads} accept={accept} altLimit={altLimit} disabled={isClosed} />
          {!isClosed && <Sending sending={sending} saving={saving} chosen={chosen} time={time} setTime={setTime} moment={moment} onSpeak={onSpeak} />}
        </div>
        <Preview counting={counting} text={text} media={media} chosen={chosen} />
      </div>
    </div>
  );
}
