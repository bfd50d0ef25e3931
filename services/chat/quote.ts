import { sentencesOf } from '../../shared/retrieval/sentences.ts';
import { wordsOf } from '../../shared/retrieval/words.ts';

const quoteCharsMax = 300;
// Shorter words are mostly grammar; a digit makes any word worth counting.
const letterCountMin = 3;
const sentencesMax = 100;
const windowSentencesMax = 4;

/**
 * The sentences of a passage that say most of what `claim` says, at most 300 characters. Of equal ones the shorter and
 * then the earlier; of a passage that shares no word with the claim, its beginning.
 */
export const bestQuote = (passage: string, claim: string): string => {
  const wanted = new Set(wordsOf(claim).filter(isTelling));
  const sentences = sentencesOf(passage)
    .map((sentence) => sentence.replace(/\s+/g, ' ').trim())
    .filter((sentence) => sentence !== '')
    .slice(0, sentencesMax)
    .map((text) => ({ text, words: wordsOf(text).filter((word) => wanted.has(word)) }));
  let best: Window = { text: sentences[0]?.text ?? '', shared: 0 };
  for (const start of sentences.keys()) {
    for (const window of windowsFrom(sentences.slice(start, start + windowSentencesMax))) {
      if (isBetter(window, best)) best = window;
    }
  }
  return shorten(best.text);
};

interface Window {
  readonly text: string;
  readonly shared: number;
}

const isBetter = (window: Window, best: Window): boolean =>
  window.shared > best.shared ||
  (window.shared === best.shared && window.shared > 0 && window.text.length < best.text.length);

interface Sentence {
  readonly text: string;
  readonly words: readonly string[];
}

const isTelling = (word: string): boolean => word.length >= letterCountMin || /\d/.test(word);

// One sentence, then with its followers: the first is taken even when it must be cut.
function* windowsFrom(sentences: readonly Sentence[]): Generator<Window> {
  const words = new Set<string>();
  let text = '';
  for (const sentence of sentences) {
    text = text === '' ? sentence.text : `${text} ${sentence.text}`;
    if (text.length > quoteCharsMax && text !== sentence.text) return;
    for (const word of sentence.words) words.add(word);
    yield { text, shared: words.size };
  }
}

const shorten = (text: string): string => {
  if (text.length <= quoteCharsMax) return text;
  const cut = text.slice(0, quoteCharsMax - 1);
  const lastBlank = cut.lastIndexOf(' ');
  return `${cut.slice(0, lastBlank > 0 ? lastBlank : cut.length).toWellFormed()}…`;
};
