import { useState } from "react";
import { placed } from "$/public/external/socialapp/ui/components/uploader/uploads.js";
import { edited, keyed } from "./thread.js";
import { ALL, changed, inherited, isOwn, seen, withMedia } from "./variants.js";

// A post while it is written: what stands in the tab that is open, and what changes it there.
export function usePost(draft, chosen) {
  const [post, setPost] = useState(() => {
    const { text, media, parts, options, variants, tags, campaign } = draft;
    return keyed({ text, media, parts, options, variants, tags, campaign });
  });
  const [wanted, setTab] = useState(ALL);
  const tab = chosen.some(({ id }) => id === wanted) ? wanted : ALL;
  const edit = (field, value, where = tab) => setPost((now) => changed(now, where, field, value));
  return {
    post,
    tab,
    setTab,
    shown: seen(post, tab),
    edit,
    // Labels are of the post, whatever differs by channel.
    label: (field, value) => edit(field, value, ALL),
    editPart: (at, news) => edit("parts", (parts) => edited(parts, at, news)),
    // `isOwn` is null where there is nothing to inherit from.
    field: (name, disabled) => ({
      isOwn: tab === ALL ? null : isOwn(post, tab, name),
      inherit: () => setPost((now) => inherited(now, tab, name)),
      disabled,
    }),
    describe: (id, news) => setPost((now) => withMedia(now, (m) => (m.id === id ? { ...m, ...news } : m))),
    // An upload goes to where it was begun, whatever is open by now; `part` is a key, or "" for the first.
    add: (asset, { tab: where, part }) =>
      part
        ? edit("parts", (parts) => parts.map((one) => (one.key === part ? { ...one, media: placed(one.media, asset) } : one)), where)
        : edit("media", (media) => placed(media, asset), where),
  };
}
