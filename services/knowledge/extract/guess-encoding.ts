import { detectAll, type IDetectedMap } from 'jschardet';

interface Guess {
  /** As the detector names it. */
  readonly encoding: string;
  readonly confidence: number;
  /** ISO 639-1; null when it cannot be told. */
  readonly language: string | null;
}

// What is left out (EBCDIC, UTF-7 and the like) nobody uploads.
const usual =
  'windows-1252 windows-1250 windows-1251 windows-1253 windows-1254 windows-1255 windows-1256 windows-1257 windows-1258 koi8-r koi8-u cp874 gb18030 big5 cp932 euc-jp cp949';
const older =
  'iso-8859-1 iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 iso-8859-8 iso-8859-9 iso-8859-10 iso-8859-13 iso-8859-14 iso-8859-15 iso-8859-16 mac-roman mac-cyrillic cp437 cp850 cp852 cp855 cp866';
const rare =
  'mac-greek mac-iceland mac-latin2 mac-turkish cp737 cp775 cp857 cp858 cp860 cp861 cp862 cp863 cp864 cp865 cp869';
// By the detector's own names, in lower case.
const usualNames = new Set([...usual.split(' '), 'cp1258']);
const rareNames = new Set(rare.replaceAll('mac-', 'mac').split(' '));
const detectEncodings = `${usual} ${older} ${rare}`.split(' ');

const sampleBytes = 200_000;

/**
 * The encoding of bytes that are no Unicode, with the statistics of a detector library, which for a few words alone are
 * weak: so each candidate is also judged by how the text would look. Undefined when nothing fits.
 */
export const guessEncoding = (
  bytes: Uint8Array,
  decode: (bytes: Uint8Array, encoding: string) => string,
): Guess | undefined => {
  const first = bytes.findIndex((byte) => byte > 0x7f);
  const sample = bytes.subarray(Math.max(0, first - 2_000), Math.max(0, first) + sampleBytes);
  const high = sample.reduce((count, byte) => count + (byte > 0x7f ? 1 : 0), 0);
  const scored = detectAll(sample, { detectEncodings, minimumThreshold: 0 })
    .slice(0, candidatesMax)
    .flatMap((found) => judged(found, high, sample, decode));
  const best = scored.toSorted((a, b) => b.score - a.score)[0];
  return best === undefined ? undefined : withNationalVariant(best.guess, sample);
};

const candidatesMax = 24;

const judged = (
  { encoding, confidence, language }: IDetectedMap,
  high: number,
  sample: Uint8Array,
  decode: (bytes: Uint8Array, encoding: string) => string,
): { readonly guess: Guess; readonly score: number }[] => {
  if (encoding === null) return [];
  const name = encoding.toLowerCase();
  const score = confidence * priorOf(name, high) * plausibilityOf(decode(sample.subarray(0, 20_000), name));
  return [{ guess: { encoding: name, confidence, language }, score }];
};

/** A few bytes beyond ASCII say next to nothing: then what is met most counts most. */
const priorOf = (name: string, high: number): number => {
  const isUsual = usualNames.has(name);
  if (name === 'windows-1252') return 1 + 1 / high;
  return isUsual ? 1 : (rareNames.has(name) ? 0.5 : 1) * (1 - 4 / (high * high + 4));
};

/** Share of the characters beyond ASCII that stand where a writer would put them; 1 when there are none. */
const plausibilityOf = (text: string): number => {
  let seen = 0;
  let odd = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) < 0x80) continue;
    seen += 1;
    if (isOdd(text, at)) odd += 1;
  }
  // Squared: one sign in three within words is far less than two thirds of a text.
  return seen === 0 ? 1 : ((seen - odd) / seen) ** 2;
};

const letter = /\p{L}|\p{M}/u;
const capital = /\p{Lu}/u;
const small = /\p{Ll}/u;
const latin = /\p{Script=Latin}/u;

const isOdd = (text: string, at: number): boolean => {
  const [before, here, after] = [text.charAt(at - 1), text.charAt(at), text.charAt(at + 1)];
  if (/[\p{Cc}\p{Co}\p{Cn}\uFFFD]/u.test(here)) return true;
  if (!letter.test(here)) return isOddMark(text, at);
  // Capitals within a word, and letters of two scripts in one: both are what a wrong table makes of a word.
  if (capital.test(here) && (small.test(before) || (capital.test(before) && small.test(after)))) return true;
  if (isOfOtherScript(here, before) || isOfOtherScript(here, after)) return true;
  return !latin.test(here) && !letter.test(before) && !letter.test(after);
};

/** Signs within a word, an opening quote at its end, "€pfel"; but "Acme®", "20°C", "l’eau". */
const isOddMark = (text: string, at: number): boolean => {
  const [before, here, after] = [text.charAt(at - 1), text.charAt(at), text.charAt(at + 1)];
  if (letter.test(before) && letter.test(after)) return !isApostrophe(text, at);
  if (letter.test(before)) return /[\p{Ps}\p{Pi}]/u.test(here);
  return letter.test(after) && /[\p{S}¶§]/u.test(here) && !/[°©]/u.test(here);
};

/** "it’s" and "l’eau", where one side is short. */
const isApostrophe = (text: string, at: number): boolean =>
  text.charAt(at) === '’' && (!letter.test(text.charAt(at - 3)) || !letter.test(text.charAt(at + 3)));

const isOfOtherScript = (here: string, beside: string): boolean =>
  /\p{L}/u.test(beside) && latin.test(here) !== latin.test(beside);

// Some national standards differ from a commoner table in a few places that its language never uses otherwise.
const nationalVariants: Readonly<Record<string, string>> = { cy: 'iso-8859-14', ro: 'iso-8859-16' };

const withNationalVariant = (guess: Guess, sample: Uint8Array): Guess => {
  const variant = guess.language === null ? undefined : nationalVariants[guess.language];
  const isIso = variant !== undefined && !sample.some((byte) => byte >= 0x80 && byte < 0xa0);
  return isIso ? { ...guess, encoding: variant } : guess;
};
