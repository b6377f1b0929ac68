// The length of a label of a host in ASCII, which is what DNS limits; dots of other scripts part it, too.
export function encoded(label) {
  const parts = label.split(/[\u3002\uFF0E\uFF61]/);
  // eslint-disable-next-line no-control-regex
  return parts.reduce((sum, part) => sum + 1 + (/[^\x00-\x7f]/.test(part) ? "xn--".length + punycode(part) : part.length), -1);
}

// How long a text is in Punycode (RFC 3492).
function punycode(text) {
  const input = Array.from(text, (point) => point.codePointAt(0));
  const basic = input.filter((point) => point < 128).length;
  let [length, n, delta, bias, done] = [basic && basic + 1, 128, 0, 72, basic];
  while (done < input.length) {
    const next = Math.min(...input.filter((point) => point >= n));
    delta += (next - n) * (done + 1);
    n = next;
    for (const point of input) {
      if (point < n) delta++;
      if (point !== n) continue;
      for (let k = 36, q = delta; ; k += 36) {
        const t = Math.min(26, Math.max(1, k - bias));
        length++;
        if (q < t) break;
        q = Math.floor((q - t) / (36 - t));
      }
      bias = adapted(delta, ++done, done - 1 === basic);
      delta = 0;
    }
    delta++;
    n++;
  }
  return length;
}

function adapted(delta, points, isFirst) {
  let rest = Math.floor(delta / (isFirst ? 700 : 2));
  rest += Math.floor(rest / points);
  let k = 0;
  for (; rest > 455; k += 36) rest = Math.floor(rest / 35);
  return k + Math.floor((36 * rest) / (rest + 38));
}
