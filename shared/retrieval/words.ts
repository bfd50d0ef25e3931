const wordPattern = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*/gu;
const latinAndArabicMarks = /[\u0300-\u036f\u064b-\u065f]/gu;
const plainAscii = /^[\0-\x7f]*$/u;
const possessive = /['’]s$/u;
const apostrophes = /['’]/gu;
const cjk = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const cjkRuns =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+/gu;

/**
 * The words of a text in any script, lower-cased, without accents, apostrophes or possessive endings.
 * A run of Chinese, Japanese or Korean letters, which has no spaces to split at, gives its overlapping pairs.
 */
export const wordsOf = (text: string): string[] => {
  const words: string[] = [];
  for (const [raw] of fold(text).matchAll(wordPattern)) {
    const word = raw.replace(possessive, '').replace(apostrophes, '');
    if (cjk.test(word)) words.push(...pairsIn(word));
    else if (word !== '') words.push(word);
  }
  return words;
};

/** True when a word is a pair (or single) of Chinese, Japanese or Korean letters. */
export const isCjk = (word: string): boolean => cjk.test(word);

// NFKD parts an accent from its letter, NFKC joins the rest again (Hangul syllables, ligatures, full-width forms).
const fold = (text: string): string =>
  plainAscii.test(text)
    ? text.toLowerCase()
    : text.toLowerCase().normalize('NFKD').replace(latinAndArabicMarks, '').normalize('NFKC');

const pairsIn = (word: string): string[] =>
  [...word.matchAll(cjkRuns)].flatMap(([run]) => {
    if (!cjk.test(run)) return [run];
    const letters = Array.from(run);
    if (letters.length === 1) return letters;
    return letters.slice(1).map((letter, at) => `${letters[at] ?? ''}${letter}`);
  });
