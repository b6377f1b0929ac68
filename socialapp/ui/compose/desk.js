import { useEffect, useMemo, useState } from "react";
import { useLocation } from "react-router";
import { useShortcut } from "$/public/external/socialapp/ui/components/jsx/shortcut.js";
import { placeOf } from "./checks.js";
import * as copies from "./copies.js";
import { points } from "./counts.js";

export const chance = () => Math.random().toString(36).slice(2);
export const number = (word) => (/^\d{1,15}$/.test(word ?? "") ? Number(word) : 0);

// Asks for the draft that the address names under `param`; a new address is a new draft, a lost line is not.
export function useDraft({ draft, param, ask = () => ({}), kind, onOpen }) {
  const location = useLocation();
  const [ticket, setTicket] = useState("");
  const [shown, setShown] = useState(null);
  const open = (mine, post_id, more = {}) => (setTicket(mine), onOpen({ ticket: mine, post_id, ...more }));
  useEffect(() => copies.beat(), []);
  useEffect(() => {
    const asked = new URLSearchParams(window.location.search);
    open(chance(), number(asked.get(param)), ask(asked));
  }, [location.key]);
  useEffect(() => {
    if (ticket && draft.ticket === ticket && shown?.ticket !== ticket) setShown(restored(draft, kind));
  }, [draft, ticket]);
  return {
    shown,
    reload: (post_id) => open(chance(), post_id),
    copyAsNew: (content) => {
      const news = { ...content, key: fresh(kind), post_id: 0, revision: 0 };
      copies.keep(news.key, news);
      setShown({ ...shown, ...news, turn: shown.turn + 1, state: "draft", repeats: "", is_restored: true, told: `This is a new ${kind.name} with your text.` });
    },
    // Puts a version that was set aside in the place of what stands there, which is saved already.
    takeBack: (copy, post_id, revision) => {
      const news = { ...kind.content(copy), channel_ids: copy.channel_ids ?? shown.channel_ids, key: `${kind.name}-${post_id}`, post_id, revision };
      copies.keep(news.key, news);
      setShown({ ...shown, ...news, turn: shown.turn + 1, is_restored: true, told: "Your version is back. The other one is in the version history." });
    },
  };
}

// A kind has a `name`, how the copies of new ones begin (`fresh`), what of a copy is content (`content`), whether that
// is what the server has (`isSame`), and whether a blank draft is one that an old copy may fill (`isOpen`).
const fresh = (kind) => kind.fresh + chance();

// What this browser kept and the server never got comes first; what it was based on decides the rest.
function restored(draft, kind) {
  const key = draft.post_id ? `${kind.name}-${draft.post_id}` : fresh(kind);
  const copy = draft.post_id ? copies.read(key) : kind.isOpen(draft) ? copies.abandoned(kind.fresh) : null;
  const plain = { ...draft, key, turn: 0, is_restored: false, told: "" };
  if (!copy || kind.isSame(copy, draft)) return plain;
  if (draft.state === "closed") {
    copies.putAside(kind.name, draft.post_id, copy);
    copies.drop(key);
    return plain;
  }
  if (!draft.post_id) copies.drop(copy.key);
  return {
    ...plain,
    ...kind.content(copy),
    channel_ids: copy.channel_ids ?? draft.channel_ids,
    post_id: draft.post_id || copy.post_id || 0,
    revision: copy.post_id || draft.post_id ? copy.revision : 0,
    is_restored: true,
    told: "This text was not saved last time; it is back.",
  };
}

// What the networks of the channels would refuse of what is written, and what the server said of the same when it was
// saved. `of` makes of a content what goes out to a channel; `tabOf` says in which tab a problem of a channel is mended.
const shared = (content, channel) => ({ ...content, options: channel.options });
export function useProblems({ checking, links = null, content, chosen, draft, saved, saving, of = shared, tabOf = () => "all" }) {
  const judged = useMemo(
    () =>
      chosen.flatMap((c) => {
        const said = of(content, c);
        const sent = links ? links.sent(said, c, content.campaign) : said;
        return checking.check(sent, c.can, c).problems.map((p) => ({
          ...p,
          ...(links && written(p, said, sent, (text, place) => links.origin(text, c, content.campaign, place))),
          tab: tabOf(content, c.id, p.field),
          channel_ids: [c.id],
        }));
      }),
    [checking, links, content, chosen],
  );
  const isCurrent = saved.ticket === draft.ticket && saving.is === "saved";
  const known = new Set(judged.map((p) => p.code + p.message));
  // Media are described without a save of the post: what the server said of that may be over.
  const stands = (p) => !known.has(p.code + p.message) && !p.code.startsWith("alt_text");
  const more = (isCurrent ? saved.problems : []).filter(stands);
  return unique([...judged, ...more.map((p) => ({ ...p, tab: "all", channel_ids: chosen.map((c) => c.id) }))]);
}

// Where a problem of what is sent stands in what was written.
function written({ field, start, end }, said, sent, back) {
  const place = /^(?:parts\.(\d+)\.)?text$/.exec(field);
  if (!place || start === null) return {};
  const textOf = (content) => (place[1] ? content.parts[Number(place[1])].text : content.text);
  const there = (point) => points(textOf(said).slice(0, back(textOf(said), placeOf(textOf(sent), point))));
  return { start: there(start), end: there(end) };
}

function unique(all) {
  const found = new Map();
  for (const p of all) {
    const key = `${p.tab} ${p.code} ${p.field} ${p.message}`;
    found.set(key, { ...p, key, channel_ids: [...(found.get(key)?.channel_ids ?? []), ...p.channel_ids] });
  }
  return [...found.values()];
}

// Sends a draft when nothing stands in the way (`hindrance` says what does), by button or by keys.
export function useSending({ draft, saving, saved, time, moment, hindrance: wrong, address, onSend }) {
  const [isSending, setSending] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const [told, setTold] = useState("");
  const isClosed = draft.state === "closed";
  const isPlanned = draft.state === "planned";
  const isTimeRight = moment.asked === `${time.local} ${time.zone} ${time.repeat ?? ""}`.trimEnd() && !moment.trouble;
  const hindrance = saving.is === "stale" ? "Somebody saved something else meanwhile. Choose first what is kept." : wrong;
  const send = (how) => {
    setTold(hindrance);
    if (hindrance || isClosed || isSending) return;
    setAsking(false);
    setSending(true);
    onSend(saving.request({ how, local: time.local, zone: time.zone, repeat: how === "schedule" ? time.repeat ?? "" : "" }));
  };
  useEffect(() => {
    if (saving.is !== "saving") setSending(false);
  }, [saving.is, saved]);
  useEffect(() => {
    // The address names the draft from now on: a reload goes on with it.
    if (saving.postId && !isClosed) window.history.replaceState(window.history.state, "", address(saving.postId));
  }, [saving.postId]);
  useShortcut((name) => {
    if (isClosed) return;
    if (name === "compose-save" || (name === "compose-schedule" && isPlanned)) saving.save();
    else if (name === "compose-schedule") isTimeRight ? send("schedule") : setTold("Choose a time that is still to come.");
  });
  return {
    send,
    told,
    isSending,
    isAsking,
    setAsking,
    isPlanned,
    isTimeRight,
    canSend: !isClosed && !hindrance,
  };
}
