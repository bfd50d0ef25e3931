/** What was said in earlier sessions, as parallel lists in the order of the sessions and of their turns. */
export interface Talk {
  readonly seqs: readonly number[];
  /** Words of each turn. */
  readonly lengths: readonly number[];
  /** Which session each turn is of. */
  readonly sessions: readonly number[];
  /** Seconds since the epoch. */
  readonly moments: readonly number[];
  readonly isUser: readonly boolean[];
}

/** The turns that hold one word of the question, and how often. */
export interface Posting {
  readonly seqs: readonly number[];
  readonly counts: readonly number[];
  /** An order number, an error code: who names one means it. */
  readonly identifies: boolean;
}

export interface RankedTurn {
  readonly seq: number;
  /** About 0 to 2; the best turn has at least 1. */
  readonly score: number;
}

export interface TurnRanking {
  readonly ranked: readonly RankedTurn[];
  /** Turns that hold a word of the question themselves; the others are their neighbours. */
  readonly directHits: number;
}

/** Seconds since the epoch, the end excluded. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

// A question stands one turn before its answer, so a turn has a share in the words of those around it.
const neighbours = [
  { at: 1, share: 0.6 },
  { at: 2, share: 0.3 },
  { at: -1, share: 0.1 },
] as const;
// BM25 for texts as short as turns.
const k1 = 1;
const b = 0.4;
const sessionShare = 0.3;
const sessionTurns = 5;
const periodBonus = 0.5;
const identifierBonus = 1;
const rankedMax = 60;

/**
 * Ranks turns by BM25 over their own and their neighbours' words, with rarities of this visitor's own turns; then by how
 * well their session fits, and whether it was held when the question says. An identifier's own turn stands above all.
 */
export const rankTurns = (talk: Talk, postings: readonly Posting[], periods: readonly Period[] = []): TurnRanking => {
  const { direct, score } = wordScores(talk, postings);
  const top = maxOf(score);
  if (top === 0) return { ranked: [], directHits: 0 };
  const fit = sessionFit(talk.sessions, score);
  const named = turnsNamed(talk, postings);
  const found = talk.seqs.flatMap((seq, at) => {
    const own = score[at] ?? 0;
    if (own === 0) return [];
    const moment = talk.moments[at] ?? 0;
    const bonus =
      (periods.some(({ from, to }) => moment >= from && moment < to) ? periodBonus : 0) +
      (named.has(seq) ? identifierBonus : 0);
    return [{ seq, score: own / top + sessionShare * (fit.get(talk.sessions[at] ?? 0) ?? 0) + bonus }];
  });
  const ranked = found.sort((left, right) => right.score - left.score).slice(0, rankedMax);
  return { ranked, directHits: direct };
};

const wordScores = (talk: Talk, postings: readonly Posting[]): { direct: number; score: Float64Array } => {
  const count = talk.seqs.length;
  const places = new Map(talk.seqs.map((seq, place) => [seq, place]));
  const score = new Float64Array(count);
  const hit = new Uint8Array(count);
  const lengthMean = Math.max(1, talk.lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, count));
  for (const { seqs, counts } of postings) {
    const frequency = new Map<number, number>();
    const add = (place: number, amount: number): void => {
      frequency.set(place, (frequency.get(place) ?? 0) + amount);
    };
    seqs.forEach((seq, at) => {
      const place = places.get(seq);
      if (place === undefined) return;
      hit[place] = 1;
      const often = counts[at] ?? 0;
      add(place, often);
      for (const near of neighbours)
        if (talk.sessions[place] === talk.sessions[place + near.at]) add(place + near.at, often * near.share);
    });
    const rarity = Math.log(1 + (count - frequency.size + 0.5) / (frequency.size + 0.5));
    for (const [place, often] of frequency) {
      const dampened = often + k1 * (1 - b + (b * (talk.lengths[place] ?? 0)) / lengthMean);
      score[place] = (score[place] ?? 0) + (rarity * often * (k1 + 1)) / dampened;
    }
  }
  return { direct: hit.reduce((sum, one) => sum + one, 0), score };
};

/** How well each session fits, 0 to 1: by the squares of its best turns. */
const sessionFit = (sessions: readonly number[], score: Float64Array): ReadonlyMap<number, number> => {
  const bySession = new Map<number, number[]>();
  sessions.forEach((session, place) => {
    const own = score[place] ?? 0;
    if (own > 0) bySession.set(session, [...(bySession.get(session) ?? []), own]);
  });
  const weights = [...bySession].map(([session, scores]): [number, number] => [
    session,
    scores
      .sort((left, right) => right - left)
      .slice(0, sessionTurns)
      .reduce((sum, own) => sum + own * own, 0),
  ]);
  const top = maxOf(weights.map(([, weight]) => weight));
  return new Map(weights.map(([session, weight]) => [session, weight / top]));
};

const turnsNamed = (talk: Talk, postings: readonly Posting[]): ReadonlySet<number> => {
  const rare = postings.filter(({ identifies, seqs }) => identifies && seqs.length * 2 < talk.seqs.length);
  return new Set(rare.flatMap(({ seqs }) => seqs));
};

const maxOf = (values: Iterable<number>): number => {
  let top = 0;
  for (const value of values) if (value > top) top = value;
  return top;
};
