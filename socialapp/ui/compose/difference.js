// What differs between two contents, word by word. `before` is what stands there, `after` what would.
const words = new Intl.Segmenter("en", { granularity: "word" });
const cut = (text) => [...words.segment(text)].map(({ segment }) => segment);
const MOST_CHANGES = 1500;

// The shortest way from one list to the other (E. Myers, "An O(ND) Difference Algorithm", 1986): for each number of
// changes how far it leads on every diagonal. Null when they have too little in common to be worth it.
function ways(a, b) {
  const far = new Int32Array(2 * MOST_CHANGES + 3);
  const middle = MOST_CHANGES + 1;
  const trace = [];
  for (let d = 0; d <= Math.min(a.length + b.length, MOST_CHANGES); d++) {
    trace.push(far.slice(middle - d - 1, middle + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const isDown = k === -d || (k !== d && far[middle + k - 1] < far[middle + k + 1]);
      let x = isDown ? far[middle + k + 1] : far[middle + k - 1] + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      far[middle + k] = x;
      if (x >= a.length && x - k >= b.length) return trace;
    }
  }
  return null;
}

function steps(a, b) {
  const trace = ways(a, b);
  if (!trace) return [...a.map((text) => ({ is: "gone", text })), ...b.map((text) => ({ is: "new", text }))];
  const found = [];
  let [x, y] = [a.length, b.length];
  for (let d = trace.length - 1; d >= 0; d--) {
    const at = (k) => trace[d][k + d + 1];
    const k = x - y;
    const isDown = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const from = isDown ? k + 1 : k - 1;
    const x0 = d ? at(from) : 0;
    const y0 = d ? x0 - from : 0;
    for (; x > x0 && y > y0; y--) found.push({ is: "same", text: a[--x] });
    if (d) found.push(isDown ? { is: "new", text: b[--y] } : { is: "gone", text: a[--x] });
  }
  return found.reverse();
}

// Runs of { is: same | gone | new, text }: same and gone are the text before, same and new the one after.
export function difference(before, after) {
  const [a, b] = [cut(before), cut(after)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const runs = [];
  const add = (is, text) => {
    if (!text) return;
    // In a change what is gone stands first, so that it is read as "this, now that".
    const open = runs.slice(-2).filter((run) => run.is !== "same");
    const alike = is === "same" ? runs.at(-1)?.is === "same" && runs.at(-1) : runs.at(-1)?.is !== "same" && open.find((run) => run.is === is);
    if (alike) alike.text += text;
    else if (is === "gone" && runs.at(-1)?.is === "new") runs.splice(-1, 0, { is, text });
    else runs.push({ is, text });
  };
  add("same", a.slice(0, start).join(""));
  const between = steps(a.slice(start, a.length - end), b.slice(start, b.length - end));
  between.forEach(({ is, text }, at) => {
    // A blank between two changed words belongs to the change, or it would be read in crumbs.
    const isBlank = is === "same" && text === " " && at > 0 && between[at - 1].is !== "same" && between[at + 1] && between[at + 1].is !== "same";
    if (!isBlank) return add(is, text);
    add("gone", text);
    add("new", text);
  });
  add("same", a.slice(a.length - end).join(""));
  return runs;
}

const lines = (all) => all.join("\n");
const named = (files) => lines(files.map((f) => [f.filename, f.alt_text ?? f.description].filter(Boolean).join(": ")));
const chosen = (options) => lines(Object.keys(options).sort().map((key) => `${key}: ${typeof options[key] === "object" ? JSON.stringify(options[key]) : options[key]}`));

// Each place of a content: its key, its name, and what it says. `id` is that of the channel whose variant it is.
function* sections(content, nameOf, id = 0) {
  const whose = id ? `${nameOf(id)}: ` : "";
  const place = (what, text, nothing) => [`${id} ${what}`, whose + (whose ? what : what[0].toUpperCase() + what.slice(1)), text || (id ? nothing : "")];
  const { title, text, parts, media, attachments, options, variants, channel_ids: ids, tags, campaign, notes } = content;
  if (typeof title === "string") yield place("title", title, "(no title)");
  if (typeof text === "string") yield place("text", text, "(no text)");
  for (const [at, part] of (parts ?? []).entries()) {
    yield place(`part ${at + 2}`, part.text, "(no text)");
    yield place(`media of part ${at + 2}`, named(part.media));
  }
  if (media) yield place("media", named(media), "(no media)");
  if (attachments) yield place("attachments", named(attachments));
  if (options) yield place("options", chosen(options));
  if (ids) yield place("channels", lines(ids.map(nameOf).sort()));
  if (tags) yield place("tags", lines(tags));
  if (typeof campaign === "string") yield place("campaign", campaign);
  if (typeof notes === "string") yield place("notes", notes);
  const own = Array.isArray(variants) ? variants.map((v) => [v.channel_id, v]) : Object.entries(variants ?? {});
  for (const [channel, variant] of own) yield* sections(variant, nameOf, Number(channel));
}

const COMMON = ["title", "text", "media", "attachments", "options", "channels", "tags", "campaign", "notes"].map((what) => `0 ${what}`);

// What differs between two contents: { key, name, runs } for each place that is not the same. What only one of them can
// say, like the notes, which no editor shows, is left out; a part or a variant that only one has counts.
export function differences(before, after, nameOf = (id) => `Channel ${id}`) {
  const [old, news] = [before, after].map((content) => new Map([...sections(content, nameOf)].map(([key, name, text]) => [key, { name, text: text ?? "" }])));
  const text = (content, key) => content.get(key)?.text ?? "";
  return [...new Set([...old.keys(), ...news.keys()])]
    .filter((key) => !COMMON.includes(key) || (old.has(key) && news.has(key)))
    .filter((key) => text(old, key) !== text(news, key))
    .map((key) => ({ key, name: (news.get(key) ?? old.get(key)).name, runs: difference(text(old, key), text(news, key)) }));
}
