// How well words fit what was typed: every word of it has to be found, whole, at a beginning, or letter by letter.

const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function scored(word, name) {
  const at = name.indexOf(word);
  if (at === 0) return 100 - name.length / 100;
  if (at > 0) return (/[\s/·(]/.test(name[at - 1]) ? 80 : 50) - at / 100;
  let place = -1;
  let gaps = 0;
  for (const letter of word) {
    const found = name.indexOf(letter, place + 1);
    if (found < 0) return 0;
    if (place >= 0) gaps += found - place - 1;
    place = found;
  }
  return gaps <= word.length * 2 ? Math.max(1, 30 - gaps) : 0;
}

export function fit(typed, words) {
  const name = plain(words);
  const scores = plain(typed).trim().split(/\s+/).map((word) => scored(word, name));
  return scores.includes(0) ? 0 : scores.reduce((sum, one) => sum + one, 0);
}
