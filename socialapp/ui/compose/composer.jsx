import { useEffect, useMemo, useRef, useState } from "react";
import { Link } from "react-router";
import { useUploads } from "$/public/external/socialapp/ui/components/uploader/uploads.js";
import { checker } from "./checks.js";
import { counter } from "./counts.js";
import { Channels } from "./channels.jsx";
import { chance, number, useDraft, useProblems, useSending } from "./desk.js";
import { Counts, Editor, useMeasures } from "./editor.jsx";
import { CARD, INPUT, SMALL } from "./look.js";
import { goTo, Head, Problems } from "./notices.jsx";
import { Options } from "./options.jsx";
import { Parts } from "./parts.jsx";
import { usePost } from "./post.js";
import { Preview } from "./preview.jsx";
import { ProposeButton, Proposed, useProposed } from "./proposed.jsx";
import { Strip } from "./strip.jsx";
import { Own, Tabs } from "./tabs.jsx";
import { element, elementOf, split } from "./thread.js";
import { Sending } from "./timing.jsx";
import { useSaving } from "./saving.js";
import { Snippets } from "./snippets.jsx";
import { Labels } from "./tags.jsx";
import { Templates } from "./templates.jsx";
import { tagger } from "./utm.js";
import { ALL, fieldOf, hasOwn, isBlank, isOwn, isSame, resolved, seen, wired, words } from "./variants.js";

const BLANK = { text: "", media: [], parts: [], options: {}, variants: {}, tags: [], campaign: "" };
const only = (said) => Object.fromEntries(Object.keys(BLANK).map((key) => [key, said[key] ?? BLANK[key]]));
const POST = {
  name: "post",
  fresh: "new-",
  isOpen: (draft) => !draft.media.length && !draft.template,
  isSame: (copy, draft) => isSame(only(copy), only(draft)),
  content: only,
};
const beginning = (asked) => ({
  media_ids: (asked.get("media") ?? "").split(",").map(number).filter(Boolean).slice(0, 50),
  template_id: number(asked.get("template")),
});
const address = (id) => `/compose/?post=${id}`;
const tabOf = (post, id, place) => (isOwn(post, id, fieldOf(place)) ? id : ALL);

export function Composer({ draft, rules, onOpen, ...rest }) {
  const [counting] = useState(() => counter(rules));
  const [checking] = useState(() => checker(counting, rules));
  const { shown, ...more } = useDraft({ draft, param: "post", ask: beginning, kind: POST, onOpen });
  if (!shown) return <div className="h-96 rounded-lg bg-sunken animate-[shimmer_1.4s_ease-in-out_infinite]" aria-busy="true" />;
  return <Desk key={shown.ticket + shown.turn} draft={shown} counting={counting} checking={checking} patterns={rules.utm} {...more} {...rest} />;
}

function Desk({ draft, counting, checking, patterns, channels, saved, moment, thread, template, suggested, maxBytes, accept, altLimit, reload, copyAsNew, takeBack, editing, me, onEdit, onSave, onSend, onSpeak, onSplit, onTemplate, onSuggest, onReview }) {
  // `at` and `channels` in the address are an empty place in the calendar that was chosen.
  const asked = new URLSearchParams(window.location.search);
  const wanted = asked.get("at") ?? "";
  const [chosenIds, setChosenIds] = useState(() => {
    const ids = (asked.get("channels") ?? "").split(",").map(Number);
    const known = draft.post_id ? [] : channels.map((c) => c.id).filter((id) => ids.includes(id));
    return known.length ? known : draft.channel_ids;
  });
  const [time, setTime] = useState({ local: /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(wanted) ? wanted : draft.local, zone: draft.zone });
  const [scope, setScope] = useState("one");
  const aim = useRef("");
  const isClosed = draft.state === "closed";
  const isPlanned = draft.state === "planned";
  const chosen = useMemo(() => channels.filter((c) => chosenIds.includes(c.id)), [channels, chosenIds]);
  const written = usePost(draft, chosen);
  const { post, tab, setTab, shown, edit } = written;
  const content = { ...wired(post), channel_ids: chosen.map((c) => c.id), ...(draft.repeats && { scope }) };
  const blank = isBlank(post);
  const saving = useSaving({
    draft,
    content,
    kept: post,
    isBlank: blank,
    saved,
    isAutomatic: !isClosed && !isPlanned,
    onSave,
  });
  const place = (part = aim.current) => ({ tab, part: shown.parts.some(({ key }) => key === part) ? part : "" });
  const uploads = useUploads({ accept, maxBytes, isOn: !isClosed, place, onDone: (asset, turn, where) => written.add({ ...asset, turn }, where) });
  const strip = { uploads: { ...uploads, place }, accept, altLimit, proposes: draft.proposes, onAim: (part) => (aim.current = part) };
  const links = useMemo(() => tagger(counting, patterns, draft.utm), [counting, draft.utm]);
  const measured = useMeasures({ checking, links, post, chosen, tab, at: 0 });
  const found = useProblems({ checking, links, content: post, chosen, draft, saved, saving, of: resolved, tabOf });
  const errors = found.filter((p) => p.severity === "error");
  const here = tab === ALL ? found : found.filter((p) => p.channel_ids.includes(tab));
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
  const mends = (problem) => (tab === ALL ? problem.tab : tab);
  const go = useGoing(setTab);
  const splitting = useSplitting({ written, chosen, thread, onSplit });
  const concerned = tab === ALL ? chosen : chosen.filter((c) => c.id === tab);
  const text = written.field("text", isClosed);
  const proposed = useProposed({ tab, text: shown.text, media: shown.media, channels: concerned });
  const nameOf = (p) => (tab === ALL && p.tab !== ALL ? chosen.find((c) => c.id === p.tab)?.name : "");
  const withTabs = chosen.length > 1 || chosen.some((c) => hasOwn(post, c.id));

  return (
    <div className="flex flex-col gap-4">
      <Head kind="post" draft={draft} saving={saving} content={{ ...post, words: words(post), channel_ids: chosenIds }} channels={channels} presence={{ editing, me, onEdit }} {...{ reload, copyAsNew, takeBack }}>
        <Templates content={{ ...wired(post), channel_ids: content.channel_ids }} isBlank={blank} kept={template} onKeep={onTemplate} />
      </Head>
      <Channels channels={channels} chosen={chosenIds} setChosen={setChosenIds} disabled={isClosed || isPlanned} />
      <div className="grid gap-5 lg:grid-cols-[minmax(0,1fr)_22rem] items-start">
        <div className="flex flex-col gap-5 min-w-0">
          {withTabs && (
            <Tabs tab={tab} setTab={setTab} chosen={chosen} post={post} wrong={(id) => (blank ? 0 : errors.filter((p) => (id === ALL ? p.tab === ALL : p.channel_ids.includes(id))).length)} />
          )}
          <div id="compose-panel" role={withTabs ? "tabpanel" : undefined} aria-labelledby={withTabs ? `compose-tab-${tab}` : undefined} className="flex flex-col gap-5 min-w-0">
            <div className={CARD} onFocus={() => strip.onAim("")}>
              <Editor at={0} text={shown.text} setText={(news) => edit("text", news)} measured={measured} disabled={isClosed} />
              <div className="border-t border-line px-4 py-2 min-h-9 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
                <Counts at={0} measured={measured} />
                <span className="flex flex-wrap items-center gap-x-2 ml-auto">
                  <Own field={text} what="text" />
                  {draft.proposes && <ProposeButton {...proposed} disabled={isClosed} />}
                  <Snippets disabled={isClosed} />
                </span>
              </div>
              {draft.proposes && <Proposed {...proposed} disabled={isClosed} />}
            </div>
            <Strip {...strip} media={shown.media} setMedia={(news) => edit("media", news)} describe={written.describe} disabled={isClosed}>
              <Own field={written.field("media", isClosed)} what="media" />
            </Strip>
            <Parts {...strip} written={written} chosen={chosen} checking={checking} links={links} disabled={isClosed} isOffered={concerned.some((c) => c.can.parts !== 1)} />
            <Options written={written} channels={concerned} disabled={isClosed} setTab={setTab} />
          </div>
          <Labels post={post} known={draft.known} disabled={isClosed} setTags={(tags) => written.label("tags", tags)} setCampaign={(name) => written.label("campaign", name)} />
          <Problems
            found={blank ? [] : here}
            isReady={!blank && chosen.length > 0 && !errors.length}
            channels={chosen.length}
            nameOf={nameOf}
            onGo={(p) => go(p, mends(p))}
            onSplit={isClosed ? undefined : (p) => splitting.ask(p, mends(p))}
          />
          {splitting.trouble && <div role="alert" className="text-sm text-danger">{splitting.trouble}</div>}
          {!isClosed && (
            <Sending asks={draft.asks} sending={sending} saving={saving} chosen={chosen} time={time} setTime={setTime} moment={moment} onSpeak={onSpeak} suggested={suggested} onSuggest={onSuggest}>
              {draft.repeats && <Scope words={draft.repeats} scope={scope} setScope={setScope} />}
            </Sending>
          )}
        </div>
        <Preview counting={counting} links={links} post={post} chosen={chosen} tab={tab}>
          {saving.postId > 0 && (
            <button type="button" className={`${SMALL} self-start`} disabled={["saving", "retrying"].includes(saving.is)} title={isPlanned && saving.is === "dirty" ? "It shows what is saved" : undefined} onClick={() => onReview(saving.postId)}>
              Review link…
            </button>
          )}
          {saving.postId > 0 && (
            <Link to={`/analytics/comparisons/?post=${saving.postId}`} className={`${SMALL} self-start no-underline`}>Compare with another wording…</Link>
          )}
        </Preview>
      </div>
    </div>
  );
}

// Of a post that repeats: whose text a change is.
function Scope({ words, scope, setScope }) {
  return (
    <label className="flex flex-col gap-1 text-sm">
      <span>
        <span className="font-medium">Change</span> <span className="text-muted">· {words}</span>
      </span>
      <select value={scope} onChange={(event) => setScope(event.target.value)} className={`${INPUT} pr-8`}>
        <option value="one">Only this one</option>
        <option value="following">This and the following</option>
        <option value="all">All that are to come</option>
      </select>
    </label>
  );
}

// Goes to the place of a problem, which may stand in another tab.
function useGoing(setTab) {
  const [wanted, setWanted] = useState(null);
  useEffect(() => {
    if (!wanted) return;
    const { problem } = wanted;
    const at = elementOf(problem.field);
    const option = /^options\.(.+)$/.exec(problem.field);
    const other = document.getElementById(option ? `compose-option-${option[1]}` : problem.field === "parts" ? "compose-parts" : "");
    if (!other) return goTo(problem, document.getElementById(`compose-text-${at}`), `compose-media-${at}`);
    const folded = other.closest("details");
    if (folded) folded.open = true;
    other.scrollIntoView({ behavior: "smooth", block: "center" });
    other.focus({ preventScroll: true });
  }, [wanted]);
  return (problem, tab) => {
    setTab(tab);
    setWanted({ problem });
  };
}

// Has the server cut a text that is too long; what was typed meanwhile is not thrown away.
function useSplitting({ written, chosen, thread, onSplit }) {
  const [asked, setAsked] = useState(null);
  const [trouble, setTrouble] = useState("");
  const text = (tab, at) => element(seen(written.post, tab), at)?.text;
  useEffect(() => {
    if (!asked || thread.ticket !== asked.ticket) return;
    setAsked(null);
    setTrouble(thread.trouble);
    const { tab, at } = asked;
    if (thread.trouble || text(tab, at) !== asked.text) return;
    if (!at) written.edit("text", thread.parts[0], tab);
    written.edit("parts", (parts) => split(parts, at, thread.parts), tab);
  }, [thread, asked]);
  return {
    trouble,
    ask: (problem, tab) => {
      const at = elementOf(problem.field);
      const whose = chosen.filter((c) => c.can.parts !== 1 && (tab === ALL ? !isOwn(written.post, c.id, fieldOf(problem.field)) : c.id === tab));
      const { media = [], text: long } = element(seen(written.post, tab), at);
      const ticket = chance();
      setAsked({ ticket, tab, at, text: long });
      onSplit({ ticket, text: long, media_ids: media.map((m) => m.id), channel_ids: whose.map((c) => c.id), campaign: written.post.campaign, options: Object.assign({}, ...whose.map((c) => resolved(written.post, c).options)) });
    },
  };
}
