import { coverageOf } from '../../../../shared/retrieval/coverage.ts';
import { readQuestion } from '../../../../shared/retrieval/question.ts';
import { contentStemsOf } from '../../../../shared/retrieval/stems.ts';
import { everydayVocabulary } from '../../../../shared/retrieval/vocabulary.ts';
import type { ChatMessage } from './chat-contract.ts';

/** What the visitor said, and how well it answers the question (0 to 1). */
export interface Remembered {
  readonly line: string;
  readonly share: number;
}

const memoryHeading =
  /(?:earlier|previous|past) conversations?|remembered about|visitor (?:has )?(?:said|told)|<\/?memor/iu;
const fence = /^\s*(?:```.*|~~~.*|<[^>]*>|[-=*_<>]{3,}.*)\s*$/u;
const bullet = /^\s*(?:[-*•]|\d{1,3}[.)])\s+/u;
const stamp = /^\s*[[(]?\d{4}-\d{2}-\d{2}[^\]):]*(?::\d{2}){0,2}[^\]):]*[\]):]*\s*/u;
const speaker = /^\s*(?:visitor|user|customer|fact)\s*:\s*/iu;
const otherSpeaker = /^\s*(?:assistant|agent|bot|model)\s*:/iu;
const asksBack =
  /\b(?:do|did|can|could|will) (?:you|i) (?:still )?(?:please )?(?:remember|recall|remind me(?: of)?|know|tell (?:you|me)|say|mention|told)\b|\bremind me(?: of)?\b|\bi (?:told|gave|said|mentioned)(?: to)?(?: you)?\b/giu;
const asksAll =
  /^\s*what (?:do you (?:know|remember) about me|did i (?:tell|say)(?: to)?(?: you)?|have i told you)(?: (?:so far|before|earlier|last time))?\W*$/iu;
const introducesSelf = /\b(?:[Ii] am|[Ii]['’]?m|[Tt]his is|[Cc]all me|called)\s+\p{Lu}\p{L}+/u;
const linesMax = 200;
const listedMax = 5;

/** True when a question is about the one who asks. */
export const isAboutVisitor = (question: string): boolean => /\b(?:my|mine|i|me|our|we|us)\b/iu.test(question);

/** True when it can only be about what was said before, such as "what is my name" or "do you remember …". */
export const asksForOwnWords = (question: string): boolean =>
  isAboutVisitor(question) &&
  (new RegExp(asksBack.source, 'iu').test(question) ||
    /^\W*(?:so |and |ok(?:ay)?,? )?(?:what(?:'s| is| was| are| were)|which|whats|who(?:'s| is| was))\b.*\b(?:my|our|i|me)\b/iu.test(
      question,
    ));

/**
 * The line of earlier or present conversation that best answers a question about the visitor. Lines of this
 * conversation come before remembered ones, later before earlier.
 */
export const recall = (messages: readonly ChatMessage[], question: string): Remembered | undefined => {
  const lines = [...ownLines(messages), ...memoryLines(messages)]
    .filter((line) => !/[?？]\s*$/u.test(line))
    .slice(0, linesMax);
  if (asksAll.test(question)) {
    return lines.length === 0 ? undefined : { line: lines.slice(0, listedMax).join(' '), share: 1 };
  }
  const asked = readQuestion(question.replace(asksBack, ' '), everydayVocabulary);
  const asksName = /\bmy name\b|\bwho am i\b/iu.test(question);
  const scored = lines.map((line) => ({
    line,
    share: Math.max(
      coverageOf(asked, new Set(contentStemsOf(line))).share,
      asksName && introducesSelf.test(line) ? 0.9 : 0,
    ),
  }));
  return scored.reduce<Remembered | undefined>(
    (best, each) => (best === undefined || each.share > best.share ? each : best),
    undefined,
  );
};

const ownLines = (messages: readonly ChatMessage[]): string[] =>
  messages
    .filter(({ role }) => role === 'user')
    .slice(0, -1)
    .reverse()
    .map(({ content }) => content.trim());

const memoryLines = (messages: readonly ChatMessage[]): string[] =>
  messages
    .filter(({ role, content }) => (role === 'system' || role === 'developer') && memoryHeading.test(content))
    .flatMap(({ content }) => {
      const lines = content.split('\n');
      const block = lines
        .slice(lines.findIndex((line) => memoryHeading.test(line)) + 1)
        .join('\n')
        .trim();
      // What follows a blank line is of another kind, such as the page that the visitor looks at.
      return (block.split(/\n\s*\n/u)[0] ?? '').split('\n');
    })
    .filter((line) => line.trim() !== '' && !fence.test(line))
    .map((line) => line.replace(bullet, '').replace(stamp, ''))
    .filter((line) => !otherSpeaker.test(line))
    .map((line) => line.replace(speaker, '').trim());
