// What no reader sees but a model or an index would read: NUL and other controls, zero-width and direction marks, and
// the tag characters that can hide a whole instruction.
const invisible = /(?![\n\t])\p{Cc}|[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}]/gu;
const loneSurrogate = /\p{Surrogate}/gu;

/**
 * Text as we keep it: NFC, line ends as LF, without invisible characters and lone surrogates, no space at line ends,
 * at most one empty line in a row. Headings, list marks and tables stay as they are.
 */
export const normaliseText = (text: string): string =>
  text
    .replace(/\r\n?|[\u2028\u2029\u0085\f]/g, '\n')
    .replace(loneSurrogate, '')
    .replace(invisible, '')
    .normalize('NFC')
    .replace(/[\t\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/g, ' ')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();

/** One line of normalised text, for titles and cells. */
export const normaliseLine = (text: string): string => normaliseText(text).replace(/\s+/g, ' ');

// Scripts without spaces count by the character, as the platform's limits on words do.
const wordPattern = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}]+/gu;

export const countWords = (text: string): number => {
  const words = text.matchAll(wordPattern);
  let count = 0;
  while (words.next().done !== true) count += 1;
  return count;
};
