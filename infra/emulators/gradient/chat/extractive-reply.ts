import { answerFrom, type Answer } from '../../../../shared/retrieval/answer.ts';
import type { ChatMessage } from './chat-contract.ts';
import type { Grounding } from './grounding.ts';
import { asksForOwnWords, isAboutVisitor, recall } from './remembered.ts';
import { isStatementAboutSelf, noted, smallTalk } from './small-talk.ts';

/** What the extractive engine says when the documents do not answer. */
export const iDoNotKnow = "I don't know — I could not find that in the documents I have.";

// Half of what an answer needs: below, what comes nearest has nothing to do with the question.
const closestConfidenceMin = 0.2;
const recallShareMin = 0.7;
const fallbackShareMin = 0.6;

interface Scene {
  readonly messages: readonly ChatMessage[];
  readonly question: string;
  readonly grounding: Grounding;
  /** Looks again with another wording of the question. */
  readonly retrieveAgain: (question: string) => Grounding;
  readonly isCiting: boolean;
}

/** An answer in the documents' own words with `[[C<n>]]` marks, or in the visitor's, or an honest "I don't know". */
export const extractiveReply = (scene: Scene): { readonly text: string; readonly grounding: Grounding } => {
  const { messages, question, grounding } = scene;
  const said = smallTalk(question) ?? (isStatementAboutSelf(question) ? noted : undefined);
  if (said !== undefined) return { text: said, grounding };
  const remembered = isAboutVisitor(question) ? recall(messages, question) : undefined;
  if (remembered !== undefined && asksForOwnWords(question) && remembered.share >= recallShareMin) {
    return { text: asToldBefore(remembered.line), grounding };
  }
  let closest: string | undefined;
  for (const [asked, found] of attempts(scene)) {
    const answer = answerFrom(asked, found.hits, found.vocabulary, found.confidenceMin());
    if (answer.answerable) return { text: marked(answer, found, scene.isCiting), grounding: found };
    if (answer.confidence >= closestConfidenceMin) closest ??= answer.closest[0]?.text;
  }
  if (remembered !== undefined && remembered.share >= fallbackShareMin) {
    return { text: asToldBefore(remembered.line), grounding };
  }
  // Without a mark: nothing was answered, so nothing is cited.
  return { text: closest === undefined ? iDoNotKnow : `${iDoNotKnow} The closest I found: ${closest}`, grounding };
};

const asToldBefore = (line: string): string => `You told me: ${line}`;

const followsUp =
  /^\W*(?:and|but|so|or|what about|how about|what if|why)\b|\b(?:it|its|they|them|their|that|those|these|this one|there|then)\b/iu;
const followUpWordsMax = 12;

/** The question as it stands; if it leans on the one before, that one with it. */
const attempts = function* ({
  messages,
  question,
  grounding,
  retrieveAgain,
}: Scene): Generator<readonly [string, Grounding]> {
  yield [question, grounding];
  const before = messages.filter(({ role }) => role === 'user').at(-2)?.content;
  if (before === undefined || !followsUp.test(question) || question.split(/\s+/u).length > followUpWordsMax) return;
  const joined = `${before} ${question}`;
  yield [joined, retrieveAgain(joined)];
};

const marked = (
  answer: Extract<Answer, { answerable: true }>,
  { hits, items }: Grounding,
  isCiting: boolean,
): string => {
  const parts: string[] = [];
  answer.sentences.forEach(({ text, chunk }, at) => {
    parts.push(text);
    if (!isCiting || answer.sentences[at + 1]?.chunk === chunk) return;
    const item = items[hits.findIndex((hit) => hit.chunk === chunk)];
    if (item !== undefined) parts.push(`[[C${item.chunk_id.toString()}]]`);
  });
  return parts.join(' ');
};
