import { useMemo, useRef, useState } from "react";
import { placed, useUploads } from "$/public/external/socialapp/ui/components/uploader/uploads.js";
import { Channels } from "$/public/external/socialapp/ui/compose/widgets/channels.jsx";
import { checker } from "$/public/external/socialapp/ui/compose/widgets/checks.js";
import { counter } from "$/public/external/socialapp/ui/compose/widgets/counts.js";
import { useDraft, useProblems, useSending } from "$/public/external/socialapp/ui/compose/widgets/desk.js";
import { CARD } from "$/public/external/socialapp/ui/compose/widgets/look.js";
import { goTo, Head, Problems } from "$/public/external/socialapp/ui/compose/widgets/notices.jsx";
import { useSaving } from "$/public/external/socialapp/ui/compose/widgets/saving.js";
import { Sending } from "$/public/external/socialapp/ui/compose/widgets/timing.jsx";
import { Files } from "./files.jsx";
import { Preview } from "./page_preview.jsx";
import { Text, useUnhurried } from "./text.jsx";

const ids = (files) => String((files ?? []).map((f) => f.id));
const PAGE = {
  name: "page",
  fresh: "page-new-",
  isOpen: () => true,
  isSame: (copy, draft) =>
    copy.title === draft.title && copy.text === draft.text && ids(copy.attachments) === ids(draft.attachments) && !copy.described?.length,
  content: ({ title = "", text = "", attachments = [] }) => ({ title, text, attachments }),
};
const address = (id) => `/pages/edit/?page=${id}`;

export function PageEditor({ draft, rules, onOpen, ...rest }) {
  const [checking] = useState(() => checker(counter(rules), rules));
  const { shown, ...more } = useDraft({ draft, param: "page", kind: PAGE, onOpen });
  if (!shown) return <div className="h-96 rounded-lg bg-sunken animate-[shimmer_1.4s_ease-in-out_infinite]" aria-busy="true" />;
  return <Desk key={shown.ticket + shown.turn} draft={shown} checking={checking} {...more} {...rest} />;
}

function Desk({ draft, checking, channels, saved, moment, maxBytes, accept, aboutLimit, reload, copyAsNew, takeBack, editing, me, onEdit, onSave, onSend, onSpeak }) {
  const [title, setTitle] = useState(draft.title);
  const [text, setText] = useState(draft.text);
  const [files, setFiles] = useState(draft.attachments);
  const [chosenIds, setChosenIds] = useState(draft.channel_ids);
  const [time, setTime] = useState({ local: draft.local, zone: draft.zone });
  const field = useRef(null);
  const isClosed = draft.state === "closed";
  const isPlanned = draft.state === "planned";
  const chosen = useMemo(() => channels.filter((c) => chosenIds.includes(c.id)), [channels, chosenIds]);
  // Only what was said here: somebody else may have described a file meanwhile.
  const described = files.filter((f) => f.isDescribed).map(({ id, description }) => ({ id, description }));
  const content = { title, text, attachment_ids: files.map((f) => f.id), described, channel_ids: chosen.map((c) => c.id) };
  const all = { title, text, attachments: files, channel_ids: chosenIds };
  const saving = useSaving({
    draft,
    content,
    kept: { attachments: files },
    name: "page",
    isBlank: !title.trim() && !text.trim() && !files.length,
    saved,
    isAutomatic: !isClosed && !isPlanned,
    onSave,
  });
  const uploads = useUploads({ to: "/api/attachment", maxBytes, isOn: !isClosed, onDone: (asset, turn) => setFiles((now) => placed(now, { ...asset, turn })) });
  const written = useMemo(() => ({ kind: "page", title, text, attachments: files }), [title, text, files]);
  const said = useUnhurried(written, text);
  const found = useProblems({ checking, content: said, chosen, draft, saved, saving });
  const errors = found.filter((p) => p.severity === "error");
  const isUploading = uploads.items.some((i) => i.is !== "failed");
  const sending = useSending({
    draft,
    saving,
    saved,
    time,
    moment,
    hindrance: !text.trim() ? "Write something first." : !chosen.length ? "Choose a channel first." : errors[0]?.message ?? (isUploading ? "An upload is still under way." : ""),
    address,
    onSend,
  });
  const isReady = Boolean(text.trim()) && chosen.length > 0 && !errors.length;

  return (
    <div className="flex flex-col gap-4">
      <Head kind="page" draft={draft} saving={saving} content={all} channels={channels} presence={{ editing, me, onEdit }} {...{ reload, copyAsNew, takeBack }} />
      <Channels kind="page" channels={channels} chosen={chosenIds} setChosen={setChosenIds} disabled={isClosed || isPlanned} />
      <div className="grid gap-5 lg:grid-cols-2 items-start">
        <div className="flex flex-col gap-5 min-w-0">
          <div className={CARD}>
            <Text title={title} setTitle={setTitle} text={text} setText={setText} field={field} disabled={isClosed} />
          </div>
          <Files files={files} setFiles={setFiles} uploads={uploads} accept={accept} aboutLimit={aboutLimit} disabled={isClosed} />
          <Problems found={text.trim() ? found : []} isReady={isReady} channels={chosen.length} onGo={(p) => goTo(p, field.current, "page-files")} />
          {!isClosed && <Sending asks={draft.asks} sending={sending} saving={saving} chosen={chosen} time={time} setTime={setTime} moment={moment} onSpeak={onSpeak} />}
        </div>
        <Preview title={title} text={text} files={files} chosen={chosen} />
      </div>
    </div>
  );
}
