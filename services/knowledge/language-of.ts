import { detectAll } from 'tinyld';

// The start of a text tells its language as well as all of it would.
const charsRead = 4_000;
const lettersMin = 20;
// Tables of names and numbers resemble many languages a little.
const likelihoodMin = 0.2;

/** The language of a text as a two-letter code (ISO 639-1), null when it cannot be told. */
export const languageOf = (text: string): string | null => {
  const start = text.slice(0, charsRead).replaceAll(marks, ' ');
  if ((start.match(/\p{L}/gu) ?? []).length < lettersMin) return null;
  const [best] = detectAll(start);
  return best !== undefined && best.accuracy >= likelihoodMin && best.lang.length === 2 ? best.lang : null;
};

// Page marks, addresses and code are in no language.
const marks = /<!--.*?-->|https?:\/\/\S+|```[\s\S]*?```/gu;
