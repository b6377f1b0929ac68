import MarkdownIt from "markdown-it";
import { createElement, Fragment, useMemo } from "react";

// No HTML is ever made of the text: what the parser finds becomes the few elements below, all else stays words.
const reader = new MarkdownIt({ html: false, linkify: true });
reader.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
const HARMLESS = /^(https?|mailto|tel):/i;

const LOOKS = {
  p: "my-3",
  blockquote: "my-3 pl-3 border-l-4 border-line-strong text-muted",
  ul: "my-3 pl-6 list-disc",
  ol: "my-3 pl-6 list-decimal",
  li: "my-1",
  strong: "font-semibold",
  em: "italic",
  s: "line-through",
  table: "border-collapse text-base",
  thead: "",
  tbody: "",
  tr: "",
  th: "border border-line px-2 py-1 font-semibold",
  td: "border border-line px-2 py-1",
};
const HEADING = "mt-4 mb-2 font-semibold ";
const HEADINGS = ["text-lg", "text-md", "text-md", "text-base", "text-base", "text-base"];
const LINK = "text-accent-ink underline underline-offset-2";
const CODE = "font-mono text-[0.9em] rounded-sm bg-sunken border border-line";

export default function Rendered({ text, level }) {
  return useMemo(() => build(reader.parse(text, {}), headings(level)), [text, level]);
}

// Headings as deep as the page needs them, whatever their number: none is left out on the way down.
function headings(above) {
  let last = above;
  return (tag) => (last = Math.min(6, last + 1, above + Number(tag[1])));
}

function build(tokens, deep) {
  const open = [{ children: [] }];
  tokens.forEach((token, key) => {
    if (token.nesting > 0) open.push({ token, children: [] });
    else if (token.nesting < 0) {
      const { token: first, children } = open.pop();
      open.at(-1).children.push(element(first, children, key, deep));
    } else open.at(-1).children.push(leaf(token, key, deep));
  });
  return open[0].children;
}

function element(token, children, key, deep) {
  const { tag } = token;
  if (token.hidden) return <Fragment key={key}>{children}</Fragment>;
  if (/^h[1-6]$/.test(tag)) return createElement(`h${deep(tag)}`, { key, className: HEADING + HEADINGS[tag[1] - 1] }, ...children);
  if (tag === "a") return link(token.attrGet("href"), children, key);
  if (tag === "table") return <div key={key} className="my-3 overflow-x-auto" tabIndex={0}><table className={LOOKS.table}>{children}</table></div>;
  if (!(tag in LOOKS)) return <Fragment key={key}>{children}</Fragment>;
  const start = tag === "ol" ? token.attrGet("start") : null;
  const align = /^text-align:(left|center|right)$/.exec(token.attrGet("style") ?? "")?.[1];
  const more = { ...(start && { start }), ...(align && { style: { textAlign: align } }) };
  return createElement(tag, { key, className: LOOKS[tag] || undefined, ...more }, ...children);
}

function link(href, children, key) {
  if (!HARMLESS.test(href ?? "")) return <Fragment key={key}>{children}</Fragment>;
  return <a key={key} href={href} target="_blank" rel="noopener noreferrer nofollow" className={LINK}>{children}</a>;
}

function leaf(token, key, deep) {
  switch (token.type) {
    case "inline":
      return <Fragment key={key}>{build(token.children, deep)}</Fragment>;
    case "softbreak":
      return "\n";
    case "hardbreak":
      return <br key={key} />;
    case "code_inline":
      return <code key={key} className={`${CODE} px-1`}>{token.content}</code>;
    case "code_block":
    case "fence":
      return <pre key={key} tabIndex={0} className={`${CODE} my-3 p-3 overflow-x-auto`}><code>{token.content}</code></pre>;
    case "hr":
      return <hr key={key} className="my-4 border-line" />;
    case "image":
      // Pictures of other servers are not fetched here: they would learn who looks.
      return <span key={key} className="inline-block rounded-sm border border-dashed border-line-strong px-2 text-muted">Picture: {token.content || token.attrGet("src")}</span>;
    default:
      return token.content;
  }
}
