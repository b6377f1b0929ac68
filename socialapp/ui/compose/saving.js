import { useEffect, useRef, useState } from "react";
import * as copies from "./copies.js";

const QUIET_MS = 800;
const PATIENCE_MS = 6000;

// Sends what changed, one request at a time, until the server says that it has it; `kept` goes into this browser's copy
// beside it. `is`: clean, dirty, saving, saved, retrying, stale, refused. When it is stale, somebody else saved something
// (`theirs`), and nothing is sent until the author has decided.
export function useSaving({ draft, content, kept = {}, name = "post", isBlank, saved, isAutomatic, onSave }) {
  const [state, setState] = useState({ is: "clean", at: "", why: "" });
  // The numbers of an editor that took another's place are its own: an answer to that one is none to this.
  const here = useRef({ seq: draft.turn * 1e6, sent: "", kept: "", postId: 0, revision: 0, timer: 0, waits: false, isStopped: false });
  const latest = useRef(content);
  latest.current = content;
  const written = JSON.stringify(content);
  const now = useRef(written);
  now.current = written;
  const automatic = useRef(isAutomatic);
  automatic.current = isAutomatic;
  const key = draft.key;
  const place = () => (here.current.postId ? `${name}-${here.current.postId}` : key);
  const keep = () =>
    copies.keep(place(), { ...latest.current, ...kept, revision: here.current.revision, post_id: here.current.postId });

  const request = (more = {}) => ({
    ...latest.current,
    ticket: draft.ticket,
    key,
    seq: ++here.current.seq,
    post_id: here.current.postId,
    revision: here.current.revision,
    sitting: `${draft.ticket}.${draft.turn}`,
    ...more,
  });
  const wait = (ms, act) => {
    clearTimeout(here.current.timer);
    here.current.timer = setTimeout(act, ms);
  };
  const save = (more) => {
    const asked = request(more);
    here.current.sent = now.current;
    here.current.waits = true;
    here.current.isStopped = false;
    setState((s) => (s.is === "retrying" ? s : { is: "saving", at: s.at, why: "" }));
    onSave(asked);
    wait(PATIENCE_MS, () => {
      setState((s) => ({ is: "retrying", at: s.at, why: "" }));
      save();
    });
  };

  // Once per draft: what the server has is the base.
  useEffect(() => {
    Object.assign(here.current, { kept: draft.is_restored ? "" : written, postId: draft.post_id, revision: draft.revision });
    return () => {
      clearTimeout(here.current.timer);
      const { postId, waits, kept, isStopped } = here.current;
      if (postId && !waits && !isStopped && now.current !== kept && automatic.current) onSave(request());
    };
  }, []);

  useEffect(() => {
    if (!here.current.kept && !draft.is_restored) return;
    if (written === here.current.kept) {
      if (!here.current.waits) {
        clearTimeout(here.current.timer);
        copies.drop(place());
        setState((s) => (s.is === "dirty" ? { is: s.at ? "saved" : "clean", at: s.at, why: "" } : s));
      }
      return;
    }
    if (isBlank && !here.current.postId) return void copies.drop(key);
    keep();
    setState((s) => (["saving", "retrying", "stale"].includes(s.is) ? s : { is: "dirty", at: s.at, why: "" }));
    if (isAutomatic && !here.current.waits && !here.current.isStopped) wait(QUIET_MS, () => save());
  }, [written, isAutomatic]);

  useEffect(() => {
    if (!saved || saved.ticket !== draft.ticket || saved.seq !== here.current.seq) return;
    clearTimeout(here.current.timer);
    here.current.waits = false;
    if (saved.state === "stale" || saved.state === "refused") {
      here.current.isStopped = saved.state === "stale";
      if (here.current.isStopped) keep(); // Whatever becomes of this tab now.
      setState({ is: saved.state, at: "", why: saved.detail, theirs: saved.theirs });
      return;
    }
    copies.drop(key);
    Object.assign(here.current, { kept: here.current.sent, postId: saved.post_id, revision: saved.revision });
    const at = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    if (saved.state === "sent" || now.current === here.current.kept) {
      copies.drop(place());
      setState({ is: "saved", at, why: "" });
      return;
    }
    keep();
    setState({ is: "dirty", at, why: "" });
    if (isAutomatic) wait(QUIET_MS, () => save());
  }, [saved]);

  return {
    ...state,
    postId: here.current.postId,
    revision: here.current.revision,
    place,
    save: () => !here.current.isStopped && !(isBlank && !here.current.postId) && save(),
    // Only what was shown is overwritten: what came after it is a conflict again.
    overwrite: () => save({ revision: state.theirs.revision, overwrites: true }),
    // For a request that saves and does more: nothing else may be on its way.
    request: (more) => {
      clearTimeout(here.current.timer);
      here.current.sent = now.current;
      here.current.waits = true;
      wait(15000, () => {
        here.current.waits = false;
        setState({ is: "refused", at: "", why: "The server did not answer. Look at the queue before you try again." });
      });
      return request(more);
    },
  };
}
