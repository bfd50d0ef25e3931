import { describeWait } from '../describe-problem.ts';
import type { State } from '../state.ts';
import { texts } from '../texts.ts';

/**
 * What a screen reader is told now: once that an answer is being written, once the whole answer. Undefined leaves
 * what was said before; a history that came back is not read out.
 */
export const announcementOf = ({ messages }: State): string | undefined => {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return undefined;
  const hasQuestionHere = messages.at(-2)?.id === last.id;
  if (!hasQuestionHere) return undefined;
  switch (last.progress) {
    case 'thinking':
    case 'streaming':
      return texts.typing;
    case 'postponed':
      return last.problem === undefined ? texts.typing : describeWait(last.problem) || texts.typing;
    case 'whole':
      return last.isQuoted ? `${texts.quoted} ${spoken(last.text)}` : spoken(last.text);
    case 'stopped':
      return texts.stopped;
  }
};

/** Markdown's marks are for the eye. */
const spoken = (text: string): string =>
  text
    .replace(/\[\d{1,2}\]/g, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`#>|~]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
