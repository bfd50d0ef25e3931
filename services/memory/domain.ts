/** The id that every visitor without one shares. */
const sharedUserId = 'anonymous';

/**
 * Whether turns of this user may be kept and recalled. `anonymous` is everybody who did not say who they are: what one of
 * them said would be told to the next.
 */
export const isRememberable = (userId: string): boolean => userId !== sharedUserId;

const tellableMs = 29 * 86_400_000;

/**
 * Whether a turn answered at `answeredAt` may still be stored. A message may come again long after its time, and what says
 * that its domain was removed is kept for 30 days: a day more, for clocks that differ and a turn that was under way.
 */
export const isTellable = (answeredAt: string, now: number): boolean => now - Date.parse(answeredAt) < tellableMs;

/** A turn that recall found, as it was said. */
export interface Candidate {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly text: string;
  readonly saidAt: Date;
  readonly sessionId: string;
  /** 0 for a turn that no word of the question led to. */
  readonly score: number;
}

export interface Ranking {
  readonly candidates: readonly Candidate[];
  /** Turns that hold a word of the question themselves; the others are their neighbours or merely recent. */
  readonly directHits: number;
}

interface PackOptions {
  readonly tokensMax: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Fill up with what the visitor said last when the words of the question find little. */
  readonly wantsRecent: boolean;
}

const directHitsEnough = 3;
const linesMax = 30;
const lineCharsMax = 500;
// Below this share of the best score a line is there for a common word only.
const scoreShareMin = 0.15;
// What the visitor said weighs more than what we answered: it is about them.
const assistantWeight = 0.8;

/** The best lines within the budget, near-duplicates left out. */
export const packMemories = (ranking: Ranking, { tokensMax, now, wantsRecent }: PackOptions): readonly Candidate[] => {
  const found = ranking.candidates
    .filter(({ score }) => score > 0)
    .map((candidate) => ({ candidate, weight: candidate.score * roleWeight(candidate) * recency(candidate, now) }))
    .sort((left, right) => right.weight - left.weight);
  const weightMin = (found[0]?.weight ?? 0) * scoreShareMin;
  const best = found.filter(({ weight }) => weight >= weightMin).map(({ candidate }) => candidate);
  const recent = wantsRecent && ranking.directHits < directHitsEnough ? latestStatements(ranking.candidates) : [];
  return fitLines([...best, ...recent], tokensMax);
};

const roleWeight = ({ role }: Candidate): number => (role === 'assistant' ? assistantWeight : 1);

const recencyDays = 90;
const dayMs = 86_400_000;

const recency = ({ saidAt }: Candidate, now: number): number =>
  0.85 + 0.15 * Math.exp(-Math.max(0, now - saidAt.getTime()) / (recencyDays * dayMs));

// Statements before questions: "I moved to Lyon" says more of somebody than "Where are you?"
const latestStatements = (candidates: readonly Candidate[]): readonly Candidate[] => {
  const said = candidates
    .filter(({ role }) => role === 'user')
    .sort((left, right) => right.saidAt.getTime() - left.saidAt.getTime());
  const isQuestion = ({ text }: Candidate): boolean => text.trimEnd().endsWith('?');
  return [...said.filter((turn) => !isQuestion(turn)), ...said.filter(isQuestion)];
};

const fitLines = (candidates: readonly Candidate[], tokensMax: number): readonly Candidate[] => {
  const lines: Candidate[] = [];
  const wordSets: ReadonlySet<string>[] = [];
  let left = tokensMax;
  for (const candidate of candidates) {
    if (lines.length >= linesMax) break;
    const text = shorten(candidate.text);
    const words = new Set(text.toLowerCase().split(/\W+/u));
    const tokens = tokensOf(text);
    if (tokens > left || wordSets.some((kept) => likeness(kept, words) >= likenessMax)) continue;
    lines.push({ ...candidate, text });
    wordSets.push(words);
    left -= tokens;
  }
  return lines;
};

/** A quarter of the characters, and something for the line itself. */
export const tokensOf = (text: string): number => Math.ceil(text.length / 4) + 1;

const likenessMax = 0.8;

const likeness = (left: ReadonlySet<string>, right: ReadonlySet<string>): number => {
  const shared = [...left].filter((word) => right.has(word)).length;
  return shared / (left.size + right.size - shared);
};

const shorten = (text: string): string => {
  const line = text.replace(/\s+/gu, ' ').trim();
  return line.length <= lineCharsMax ? line : `${line.slice(0, lineCharsMax - 1).toWellFormed()}…`;
};
