import { gramsOf } from './grams.ts';
import type { Question, QuestionTerm } from './question.ts';

/** How much of a question a passage speaks of. */
export interface Coverage {
  /** Share of the question's weight that the passage holds, 0 to 1. */
  readonly share: number;
  /** The same, as if one more everyday word were missing: a question of such words alone proves nothing. */
  readonly certain: number;
  /** Weight of the terms held. */
  readonly held: number;
}

const synonymCredit = 0.75;
const likenessMin = 0.55;
const everydayWeight = 0.7;
const hintWeight = 3.5;

/**
 * Measures which of a question's terms a passage (its stems) holds: fully when the stem is there, in part when a
 * synonym or a word spelt alike is.
 */
export const coverageOf = (question: Question, stems: ReadonlySet<string>): Coverage => {
  let held = 0;
  let all = 0;
  for (const term of question.terms) {
    const credit = creditOf(term, stems);
    held += credit * term.weight;
    all += term.weight;
  }
  for (const hint of question.hints) {
    if (!stems.has(hint)) continue;
    held += hintWeight;
    all += hintWeight;
  }
  return { share: all === 0 ? 0 : held / all, certain: held / (all + everydayWeight), held };
};

const creditOf = (term: QuestionTerm, stems: ReadonlySet<string>): number => {
  if (stems.has(term.stem)) return 1;
  for (const synonym of term.synonyms) if (stems.has(synonym)) return synonymCredit;
  return likenessCredit(term, stems);
};

// "delivery" and "delivered" have different stems; a typing slip has a stem of its own. Both share most 4-grams.
const likenessCredit = (term: QuestionTerm, stems: ReadonlySet<string>): number => {
  if (term.stem.length < 5) return 0;
  const first = term.stem[0];
  let best = 0;
  for (const stem of stems) {
    if (stem[0] !== first || stem.length < 4 || Math.abs(stem.length - term.stem.length) > 5) continue;
    const grams = gramsOf([stem]);
    const shared = grams.filter((gram) => term.grams.has(gram)).length;
    best = Math.max(best, (2 * shared) / (grams.length + term.grams.size));
  }
  return best >= likenessMin ? Math.min(best, 0.9) : 0;
};
