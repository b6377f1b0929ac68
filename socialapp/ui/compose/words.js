// Numbers, sizes and lists as the messages write them (domain/checks/words.py).

const MIB = 1024 * 1024;
const MB = 1_000_000;
const HAIR = 1e-6;

export const isText = (value) => typeof value === "string";

export const number = (value) => {
  const hundredths = Math.floor(value * 100 + 0.5);
  const whole = String(Math.floor(hundredths / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
  const rest = String(hundredths % 100).padStart(2, "0").replace(/0+$/, "");
  return rest ? `${whole}.${rest}` : whole;
};

const counted = (value, noun) => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;

// `{fact}`, `{fact:word}`; `{It}` is `{it}` with a capital.
export function fill(template, facts) {
  return template.replace(/\{(\w+)(?::(\w+))?\}/g, (_, name, noun) => {
    const value = facts[name.toLowerCase()];
    if (noun) return counted(value, noun);
    const said = isText(value) ? value : number(value);
    return name[0] === name[0].toLowerCase() ? said : said.slice(0, 1).toUpperCase() + said.slice(1);
  });
}

export function sizes(bytes, limitBytes) {
  const isDecimal = limitBytes % MB === 0;
  const isLarge = limitBytes >= 1024 * (isDecimal ? MB : MIB);
  const unit = (isDecimal ? MB : MIB) * (isLarge ? (isDecimal ? 1000 : 1024) : 1);
  const write = (tenths) => `${number(tenths / 10)} ${isLarge ? "GB" : "MB"}`;
  return [write(Math.ceil((bytes * 10) / unit)), write(Math.floor((limitBytes * 10) / unit))];
}

export function lasting(seconds, up, spans) {
  const exact = Math.max(0, seconds) * 10;
  let tenths = up ? Math.ceil(exact - HAIR) : Math.floor(exact + HAIR);
  const said = [];
  for (const [noun, size] of spans) {
    if (tenths >= size) said.push(counted(Math.floor(tenths / size), noun));
    tenths %= size;
  }
  if (tenths || !said.length) said.push(counted(tenths / 10, "second"));
  return said.join(" ");
}
