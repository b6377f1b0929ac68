import { useEffect, useId, useMemo, useRef, useState } from "react";
import { counter } from "$/public/external/socialapp/ui/compose/widgets/counts.js";
import { CARD, DANGER, INPUT, NOTE, PLAIN, PRIMARY, TITLE } from "$/public/external/socialapp/ui/compose/widgets/look.js";
import { Preview } from "$/public/external/socialapp/ui/compose/widgets/preview.jsx";
import { ALL } from "$/public/external/socialapp/ui/compose/widgets/variants.js";
import { Preview as PagePreview } from "$/public/external/socialapp/ui/pages/editor/widgets/page_preview.jsx";

// A reader without a session has no line on which to be told: the page asks, while it is looked at.
const AGAIN_MS = 15000;
const UNREACHED = "The server cannot be reached. Nothing was sent; please try again.";
const BUTTON = "max-md:grow ";
const DEEDS = { comment: "commented", looks_good: "says that it looks good", wants_changes: "asks for changes" };

const ask = (address, body) =>
  fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    credentials: "omit",
    referrerPolicy: "no-referrer",
  });

const letters = (name) => name.replace("@", " ").split(/\s+/).filter(Boolean).slice(0, 2).map((word) => [...word][0]).join("").toUpperCase() || "?";

// Its secret stands behind the #, which no request and no log ever has in its address.
export function Review({ rules, badges, className }) {
  const [counting] = useState(() => counter(rules));
  const [review, setReview] = useState(null);
  const [gone, setGone] = useState("");
  const [isCut, setCut] = useState(false);
  const [name, setName] = useState("");
  const secret = useRef("");
  const known = useRef("");
  const look = async () => {
    try {
      const answer = await ask("/api/review/look", { secret: secret.current });
      const words = await answer.text();
      setCut(!answer.ok && answer.status !== 404 && answer.status !== 400);
      if (answer.status === 404 || answer.status === 400) setGone(JSON.parse(words).detail);
      else if (answer.ok && words !== known.current) {
        known.current = words;
        setReview(JSON.parse(words));
      }
    } catch {
      setCut(true);
    }
  };
  useEffect(() => {
    secret.current = window.location.hash.slice(1);
    look();
    const whileSeen = () => document.visibilityState === "visible" && look();
    const timer = setInterval(whileSeen, AGAIN_MS);
    document.addEventListener("visibilitychange", whileSeen);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", whileSeen);
    };
  }, []);

  if (gone)
    return (
      <div className={`${CARD} p-6 md:p-8 max-w-md mx-auto mt-[12vh]`}>
        <h1 className="text-2xl font-semibold tracking-tight m-0">There is nothing behind this link</h1>
        <p role="alert" className="text-muted mt-2 mb-0">{gone}</p>
      </div>
    );
  if (!review)
    return (
      <p className="text-muted text-center mt-[20vh]" aria-busy={!isCut} role="status">
        {isCut ? "The server cannot be reached. It is tried again by itself." : "Looking at what is behind this link…"}
      </p>
    );
  const { posts } = review;
  const what = posts.length > 1 ? `these ${posts.length} posts` : posts[0].kind === "page" ? "this page" : "this post";
  return (
    <div className={className}>
      <header>
        <p className="m-0 text-sm text-muted">{review.workspace_name}</p>
        <h1 className="text-2xl font-semibold tracking-tight m-0 break-words">
          {review.made_by ? `${review.made_by} asks you to look at ${what}` : `Please look at ${what}`}
        </h1>
        <p className="m-0 mt-2 text-muted max-w-2xl">
          This is how it will look. You need no account; what you write is read by the people of {review.workspace_name}. It is advice, and not
          their approval: by it nothing goes out, and nothing is held. The link opens until <Instant at={review.expires_at} />.
        </p>
      </header>
      {isCut && <div role="status" className={`${NOTE} mt-4`}>The server cannot be reached. What you see is from a moment ago.</div>}
      {posts.map((post, at) => (
        <Post
          key={post.id}
          number={posts.length > 1 ? `${at + 1} of ${posts.length}` : ""}
          post={post}
          counting={counting}
          badge={badges[post.status]}
          takesAdvice={review.takes_advice}
          who={{ name, setName }}
          say={(said) => ask("/api/review/comments", { secret: secret.current, ...said })}
          look={look}
        />
      ))}
    </div>
  );
}

function Instant({ at }) {
  const [words, setWords] = useState("");
  useEffect(() => setWords(new Date(at).toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZoneName: "short" })), [at]);
  return <time dateTime={at} className="whitespace-nowrap">{words}</time>;
}

function Post({ number, post, counting, badge, takesAdvice, who, say, look }) {
  const id = useId();
  const isPage = post.kind === "page";
  return (
    <section aria-labelledby={id} className="mt-8 pt-6 border-t border-line">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 mb-4">
        <h2 id={id} className="text-lg font-semibold m-0">{isPage ? "Page" : "Post"} {number}</h2>
        <span className={badge}><span aria-hidden="true" className="size-1.5 rounded-full bg-current" />{post.status_words}</span>
        {post.planned.map((one) => <Planned key={one.at + one.zone} {...one} />)}
        {!post.planned.length && <span className="text-sm text-muted">Not planned yet</span>}
      </div>
      <div className="grid gap-6 md:grid-cols-[minmax(0,1fr)_20rem] items-start">
        {isPage ? <Page post={post} id={id} /> : <AsShown post={post} id={id} counting={counting} />}
        <Said post={post} id={id} takesAdvice={takesAdvice} who={who} say={say} look={look} />
      </div>
    </section>
  );
}

// The planned time in its own zone, and in the reader's when that is another.
function Planned({ at, zone, words }) {
  const [here, setHere] = useState("");
  useEffect(() => {
    const mine = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (mine === zone) return;
    setHere(new Date(at).toLocaleString("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }));
  }, [at, zone]);
  return (
    <span className="text-sm tabular-nums">
      <time dateTime={at}>{words}</time>
      {here && <span className="text-muted"> · {here} where you are</span>}
    </span>
  );
}

// The server has put in already what links get.
const AS_SENT = { sent: (content) => content };
const keyed = ({ parts, ...content }) => ({ ...content, parts: parts.map((part, key) => ({ ...part, key })) });

function AsShown({ post, id, counting }) {
  const [shown, chosen] = useMemo(() => {
    const channels = post.channels.map((channel) => ({ ...channel, letters: letters(channel.name), options: {} }));
    const blank = { text: "", media: [], parts: [], options: {} };
    // What each channel shows is all its own: the server has put it together.
    const variants = Object.fromEntries(post.channels.map(({ id: at, content }) => [at, keyed(content)]));
    return [{ ...(post.content ? keyed(post.content) : blank), variants }, channels];
  }, [post]);
  return <Preview id={`${id}-preview`} className="" counting={counting} links={AS_SENT} post={shown} chosen={chosen} tab={ALL} />;
}

function Page({ post, id }) {
  const said = post.channels.length ? post.channels : [{ id: 0, content: post.content }];
  const different = said.filter(({ content }, at) => said.findIndex((other) => JSON.stringify(other.content) === JSON.stringify(content)) === at);
  return (
    <div className="flex flex-col gap-4 min-w-0">
      {different.map(({ id: at, content }) => (
        <PagePreview
          key={at}
          id={`${id}-preview-${at}`}
          title={content.title}
          text={content.text}
          files={content.attachments}
          chosen={post.channels.filter((other) => JSON.stringify(other.content) === JSON.stringify(content))}
        />
      ))}
    </div>
  );
}

function Said({ post, id, takesAdvice, who, say, look }) {
  const [text, setText] = useState("");
  const [told, setTold] = useState({ words: "" });
  const [busy, setBusy] = useState("");
  const alert = useRef(null);
  const send = async (kind) => {
    setBusy(kind);
    setTold({ words: "" });
    try {
      const answer = await say({ post_id: post.id, name: who.name, text, kind, revision: post.revision });
      if (answer.ok) {
        setText("");
        setTold({ words: "Sent. The people who asked you are told." });
      } else {
        const problem = await answer.json().catch(() => ({}));
        setTold({ words: problem.detail || `That did not work (${answer.status}). Please try again.`, isBad: true });
        alert.current?.focus();
      }
      await look();
    } catch {
      setTold({ words: UNREACHED, isBad: true });
      alert.current?.focus();
    }
    setBusy("");
  };
  const label = "block text-sm font-medium text-ink mb-1";
  return (
    <div className="flex flex-col gap-4 min-w-0">
      {post.said.length > 0 && (
        <ul aria-label="What was said" className="list-none m-0 p-0 flex flex-col gap-3">
          {post.said.map((one) => (
            <li key={one.id}>
              <p className="m-0 text-sm break-words"><strong className="font-medium">{one.author}</strong> {DEEDS[one.kind]} <span className="text-muted">· <Instant at={one.created_at} /></span></p>
              {one.text && <p className="m-0 mt-1 rounded-md bg-sunken px-3 py-2 whitespace-pre-wrap break-words [overflow-wrap:anywhere]">{one.text}</p>}
            </li>
          ))}
        </ul>
      )}
      <form
        className={`${CARD} p-4 flex flex-col gap-3`}
        aria-labelledby={`${id}-say`}
        onSubmit={(event) => {
          event.preventDefault();
          send("comment");
        }}
      >
        <h3 id={`${id}-say`} className={TITLE}>What do you say?</h3>
        <div>
          <label htmlFor={`${id}-name`} className={label}>Your name</label>
          <input id={`${id}-name`} value={who.name} onChange={(event) => who.setName(event.target.value)} required maxLength={100} autoComplete="name" className={INPUT} />
        </div>
        <div>
          <label htmlFor={`${id}-text`} className={label}>Comment</label>
          <textarea id={`${id}-text`} value={text} onChange={(event) => setText(event.target.value)} rows={3} maxLength={5000} className={`${INPUT} !h-auto py-2`} />
        </div>
        <div className="flex flex-wrap gap-2">
          <button type="submit" disabled={!!busy} className={BUTTON + (takesAdvice ? PLAIN : PRIMARY)}>{busy === "comment" ? "Sending…" : "Comment"}</button>
          {takesAdvice && (
            <>
              <button type="button" disabled={!!busy} onClick={() => send("wants_changes")} className={BUTTON + PLAIN}>Changes requested</button>
              <button type="button" disabled={!!busy} onClick={() => send("looks_good")} className={BUTTON + PRIMARY}>Looks good</button>
            </>
          )}
        </div>
        {takesAdvice && <p className="m-0 text-xs text-muted">Advice, not an approval: the workspace's own people decide.</p>}
        <div role={told.isBad ? "alert" : "status"} ref={alert} tabIndex={-1} className={told.words ? (told.isBad ? DANGER : NOTE) : "sr-only"}>{told.words}</div>
      </form>
    </div>
  );
}
