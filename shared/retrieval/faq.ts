import type { AnswerSentence } from './answer-sentence.ts';
import { coverageOf } from './coverage.ts';
import { isAsking } from './heading.ts';
import type { Passage } from './passage.ts';
import { plainText } from './plain-text.ts';
import { withTablesInWords } from './tables.ts';
import type { Question } from './question.ts';

const entryWordsMax = 180;
const likenessMin = 0.5;

/**
 * The whole text of an FAQ entry among the best two passages whose heading asks what was asked; undefined when none does.
 * An entry's answer was written as a whole, so cutting sentences out of it would only lose some.
 */
export const storedAnswer = (asked: Question, passages: readonly Passage[]): AnswerSentence | undefined => {
  for (const { hit, titleStems } of passages.slice(0, 2)) {
    if (!isAsking(hit.chunk.title) || hit.chunk.text.split(/\s+/u).length > entryWordsMax) continue;
    if (coverageOf(asked, titleStems).share < likenessMin) continue;
    return { text: plainParagraphs(hit.chunk.text), chunk: hit.chunk };
  }
  return undefined;
};

const plainParagraphs = (text: string): string =>
  withTablesInWords(text)
    .split('\n')
    .map((line) => (/^\s*(?:[-*+•]|\d{1,3}[.)])\s/u.test(line) ? line.trimEnd() : plainText(line)))
    .join('\n')
    .trim();
