import { useState } from "react";
import { placeOf } from "./checks.js";
import { Conflict } from "./conflict.jsx";
import * as copies from "./copies.js";
import { NOTE, QUIET, SMALL, WARNING } from "./look.js";
import { Presence } from "./presence.jsx";
import { History } from "./versions.jsx";

const WORDS = { clean: "", dirty: "Not saved yet", saving: "Saving…", stale: "Not saved", refused: "Not saved", retrying: "Not saved, retrying" };

// What stands above an editor: what it is, whether it is saved, who else has it open, and what has happened to it
// meanwhile. `content` is all that is written; `reload` takes what the server has; `children` are more to choose.
export function Head({ kind, draft, saving, content, channels, presence, reload, copyAsNew, takeBack, children }) {
  const { postId } = saving;
  const isClosed = draft.state === "closed";
  const nameOf = (id) => channels.find((c) => c.id === id)?.name ?? "A channel that was removed";
  const putAside = () => {
    copies.putAside(kind, postId, content);
    copies.drop(saving.place());
  };
  return (
    <>
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="text-xl font-semibold tracking-tight m-0">{draft.post_id ? `Edit ${kind}` : `New ${kind}`}</h1>
        <SaveState saving={saving} isPlanned={draft.state === "planned"} />
        <span className="grow max-md:hidden" />
        {children}
        <History
          kind={kind}
          postId={postId}
          zone={draft.zone}
          channels={channels}
          canRestore={!isClosed}
          className={QUIET}
          onRestored={() => {
            if (!["clean", "saved"].includes(saving.is)) putAside();
            reload(postId);
          }}
        />
      </header>
      <Presence kind={kind} postId={postId} isOn={!isClosed} {...presence} />
      <Told
        kind={kind}
        draft={draft}
        postId={postId}
        onCopy={() => copyAsNew(content)}
        onBack={(copy) => (isClosed ? copyAsNew(copy) : takeBack(copy, postId, saving.revision))}
      />
      {saving.is === "stale" && (
        <Conflict
          kind={kind}
          theirs={saving.theirs}
          mine={content}
          nameOf={nameOf}
          onReload={() => {
            putAside();
            reload(postId);
          }}
          onNew={() => {
            copyAsNew(content);
            copies.drop(saving.place());
          }}
          onOverwrite={saving.overwrite}
        />
      )}
    </>
  );
}

function SaveState({ saving, isPlanned }) {
  const words = saving.is === "saved" ? `Saved ${saving.at}` : saving.is === "dirty" && isPlanned ? "Changes not saved" : WORDS[saving.is];
  const isBad = ["stale", "refused", "retrying"].includes(saving.is);
  return (
    <span role="status" data-save={saving.is} className={`text-sm ${isBad ? "text-danger font-medium" : "text-muted"}`}>
      {words}
      {saving.is === "retrying" && <span className="font-normal">. Your text is kept in this browser.</span>}
    </span>
  );
}

function Told({ draft, postId, onCopy, onBack, kind }) {
  const [asides, setAsides] = useState(() => (draft.post_id ? copies.asides(kind, draft.post_id) : []));
  const remove = (one) => {
    copies.drop(one.key);
    setAsides(asides.filter(({ key }) => key !== one.key));
  };
  return (
    <>
      {draft.is_missing && <div role="status" className={WARNING}>That {kind} is gone, or belongs to somebody else. This is a new one.</div>}
      {draft.told && <div role="status" className={NOTE}>{draft.told}</div>}
      {postId > 0 && asides.map((one) => (
        <div key={one.key} role="status" className={NOTE}>
          <span className="grow">Your version of {new Date(one.at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })} was set aside, in this browser:</span>
          <span className="w-full whitespace-pre-wrap break-words max-h-40 overflow-y-auto" tabIndex={0}>{one.words || one.text || "No text"}</span>
          <button
            type="button"
            className={SMALL}
            onClick={() => {
              onBack(one);
              remove(one);
            }}
          >
            {draft.state === "closed" ? `Use it for a new ${kind}` : "Bring it back"}
          </button>
          <button type="button" className={SMALL} onClick={() => navigator.clipboard?.writeText(one.words || one.text)}>Copy its text</button>
          <button type="button" className={SMALL} onClick={() => remove(one)}>Throw it away</button>
        </div>
      ))}
      {draft.state === "closed" && (
        <div role="status" className={NOTE}>
          <span className="grow">This {kind} is {draft.status_words.toLowerCase()} and stays as it is.</span>
          <button type="button" className={SMALL} onClick={onCopy}>Use it for a new {kind}</button>
        </div>
      )}
      {draft.state === "planned" && (
        <div role="status" className={NOTE}>
          This {kind} is planned. What you change counts when you save it; its time is changed in the queue.
        </div>
      )}
    </>
  );
}

const PLACES = { title: "page-title", kind: "compose-channels" };

// The way to what is wrong: in the text (`field`), among the files (`files` is their heading), or elsewhere.
export function goTo(problem, field, files) {
  const place = document.getElementById(/(media|attachment)_ids$/.test(problem.field) ? files : PLACES[problem.field]);
  if (!place) return show(field, problem);
  place.scrollIntoView({ behavior: "smooth", block: "center" });
  place.focus({ preventScroll: true });
}

// What is wrong, each with a way to its place (`onGo`) and, where there is one, a remedy (`onSplit`). `nameOf` says whose it is.
export function Problems({ found, isReady, channels, onGo, onSplit, nameOf = () => "" }) {
  return (
    <div role="status" aria-label="Check" className="flex flex-col gap-1.5 empty:hidden">
      {isReady && <p className="m-0 text-sm text-good">✓ Ready for {channels === 1 ? "1 channel" : `all ${channels} channels`}</p>}
      {found.map((p) => (
        <div
          key={p.key}
          className={`flex flex-wrap items-center text-sm rounded-md border ${
            p.severity === "error" ? "bg-danger-soft text-danger border-danger-line" : "bg-warning-soft text-warning border-warning-line"
          }`}
        >
          <button type="button" onClick={() => onGo(p)} className="flex items-start gap-2 text-left grow basis-64 px-3 py-2 max-md:min-h-11 rounded-md">
            <span aria-hidden="true">{p.severity === "error" ? "✕" : "!"}</span>
            <span>
              {nameOf(p) && <span className="font-semibold">{nameOf(p)}: </span>}
              {p.message}
            </span>
          </button>
          {onSplit && p.fix === "split" && <button type="button" onClick={() => onSplit(p)} className={`${SMALL} m-1 max-md:grow`}>Split into parts</button>}
        </div>
      ))}
    </div>
  );
}

function show(field, { field: where, start, end }) {
  if (/(^|\.)text$/.test(where) && start !== null) field.setSelectionRange(placeOf(field.value, start), placeOf(field.value, end));
  field.focus();
}
