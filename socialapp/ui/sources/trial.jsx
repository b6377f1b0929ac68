import { useRef, useState } from "react";
import { useAsked } from "$/public/external/socialapp/ui/components/jsx/asking.js";

const words = (value) => String(value ?? "").split(",").map((word) => word.trim()).filter(Boolean);

// What the fields of the form around it say, as the API takes it.
function asked(form) {
  const said = new FormData(form);
  const channels = [...said.keys()].filter((name) => name.startsWith("channel-")).map((name) => Number(name.slice(8)));
  return {
    url: said.get("url"),
    channel_ids: channels,
    template: said.get("template"),
    must_have: words(said.get("must_have")),
    must_not_have: words(said.get("must_not_have")),
  };
}

// Reads the feed of the form and shows its newest items as they would be posted; nothing is kept.
export function Trial({ channels, className }) {
  const [trial, setTrial] = useState(null);
  const { isBusy, told, ask } = useAsked("Nothing was changed.");
  const button = useRef(null);
  const named = Object.fromEntries(channels.map(({ id, name }) => [id, name]));
  const attempt = async () => {
    if (isBusy || !button.current.form.reportValidity()) return;
    setTrial(null);
    setTrial(await ask("/api/sources/preview", asked(button.current.form)));
  };
  return (
    <div className="flex flex-col gap-2">
      <button ref={button} type="button" onClick={attempt} aria-busy={isBusy} aria-disabled={isBusy} className={`${className} self-start ${isBusy ? "opacity-60" : ""}`}>
        {isBusy ? "Reading the feed…" : "Try it"}
      </button>
      <div role="status" className="flex flex-col gap-2 text-sm">
        {told && <p className="m-0 text-danger">{told}</p>}
        {trial && (
          <p className="m-0 text-muted">
            {trial.title || trial.feed_url}: {trial.items} {trial.items === 1 ? "item" : "items"}. Nothing was kept. {trial.newest.length > 0 && "The newest would be posted like this:"}
          </p>
        )}
        {trial?.newest.map((item) => <Item key={item.link + item.title} item={item} named={named} />)}
      </div>
    </div>
  );
}

function Item({ item, named }) {
  const texts = [...new Set(item.channels.map(({ text }) => text))];
  return (
    <section className="rounded-md border border-line bg-sunken p-3">
      {!item.is_wanted && <p className="m-0 mb-1 text-warning">Left out, by its words: {item.title}</p>}
      {texts.map((text) => (
        <div key={text}>
          {texts.length > 1 && <p className="m-0 text-xs text-muted">{item.channels.filter((one) => one.text === text).map((one) => named[one.channel_id]).join(", ")}</p>}
          <p className="m-0 whitespace-pre-wrap break-words">{text}</p>
        </div>
      ))}
      {!texts.length && <p className="m-0">{item.title}</p>}
      {item.channels.flatMap(({ channel_id: id, problems }) => problems.map((problem) => (
        <p key={id + problem.message} className="m-0 mt-1 text-danger">{named[id]}: {problem.message}</p>
      )))}
    </section>
  );
}
