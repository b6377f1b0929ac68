// Checking as the server does (domain/checks), from the same rules (domain/checks/rules.py); tests tie the two.
// Problems have their places in code points, as the server's; placeOf() says where that is in a text here.
import { graphemes, normalised } from "./counts.js";
import { measures } from "./facts.js";
import { fill } from "./words.js";

export const placeOf = (text, point) => [...text].slice(0, point).join("").length;

// What reads `rules`: check(content, can, {network, alt_text}) and measure(content, can).
export function checker(counting, { checks: known }) {
  const { warning, textLimit, ofContent, ofPart, ofMedium, ofAttachment, ofOption, ofPoll } = measures(counting, known);

  function subjects(content, thread, parts, can) {
    const whole = ofContent(content, can);
    if (!can.kinds.includes(content.kind)) return [["kind", whole]];
    const found = thread.flatMap((part, at) => [
      ["part", parts[at]],
      ...part.media.map((_, place) => ["medium", ofMedium(part, at, place, can)]).filter(([, medium]) => medium),
    ]);
    found.push(["content", whole], ...content.attachments.map((a, at) => ["attachment", ofAttachment(a, at, can)]));
    for (const option of can.options.filter(({ key }) => Object.hasOwn(content.options, key))) {
      const value = content.options[option.key];
      const chosen = ofOption(value, option);
      found.push(["option", chosen]);
      if (option.kind === "poll" && chosen.is_valid && value && can.poll) found.push(["poll", ofPoll(content, value, option.key, can.poll)]);
    }
    return found;
  }

  function holds(facts, [fact, how, other]) {
    const value = facts[fact];
    if (how === "over") return value !== null && facts[other] > 0 && facts[other] < value;
    if (how === "under") return value !== null && value < facts[other];
    return (value === other) === (how === "is");
  }

  function problem(rule, facts) {
    const [start, end] = rule.span ? facts[rule.span] : [null, null];
    const { code, severity, fix } = rule;
    return { code, message: fill(rule.message, facts), field: fill(rule.field, facts), start, end, severity, fix };
  }

  // What a content is that says only some of it: {text, media, parts, options, kind, title, attachments}.
  function whole({ text = "", media = [], parts = [], options = {}, kind = "post", title = "", attachments = [] }) {
    const written = parts.map((part) => ({ media: [], ...part, text: normalised(part.text) }));
    return { text: normalised(text), media, parts: written, options, kind, title, attachments };
  }

  function check(given, can, { network, alt_text = "warn" }) {
    const content = whole(given);
    const thread = [{ text: content.text, media: content.media }, ...content.parts];
    const parts = thread.map((part, at) => ofPart(content, part, at, can));
    const always = { network, alt_text_rule: alt_text };
    const problems = subjects(content, thread, parts, can).flatMap(([subject, measured]) => {
      const facts = { ...measured, ...always };
      return known.rules[subject].filter((rule) => rule.when.every((condition) => holds(facts, condition))).map((rule) => problem(rule, facts));
    });
    return { count: parts[0].count, limit: parts[0].limit, unit: can.count, problems };
  }

  // How much of its limit a text takes; `cut`: where in it too much begins, its length when nowhere. A limit of 0 is none.
  function measure({ text, media = [], options = {} }, can) {
    const beside = graphemes(warning({ options }, can)).length;
    const limit = textLimit({ media }, can);
    const count = counting.count(text, can.count, can.link_length) + beside;
    const cut = limit && count > limit ? counting.cut(text, can.count, limit - beside, can.link_length) : text.length;
    return { count, limit, unit: can.count, cut };
  }

  return { check, measure };
}
