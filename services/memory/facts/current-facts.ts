import type { FactKind } from './fact.ts';

/** One time that a fact was said. */
export interface Saying {
  readonly id: string;
  /** The turn that says so; null for what was put right by hand. */
  readonly turnId: string | null;
  readonly kind: FactKind;
  readonly key: string;
  readonly value: string;
  readonly isSingle: boolean;
  readonly retracts: boolean;
  readonly startAt: number;
  readonly endAt: number;
  readonly saidAt: Date;
}

/** A fact with its life: current while `validTo` is null. */
export interface KnownFact {
  /** Of its latest saying. */
  readonly id: string;
  readonly kind: FactKind;
  readonly key: string;
  readonly value: string;
  readonly validFrom: Date;
  readonly validTo: Date | null;
  readonly timesSaid: number;
  readonly lastSaidAt: Date;
  /** Turns that say so, latest last, with the place of the words. */
  readonly sources: readonly { readonly turnId: string; readonly start: number; readonly end: number }[];
}

/**
 * Makes facts of sayings: the same value said again is one fact, a later value of a single key ends the one before, and a
 * retraction ends what it names. Current ones first, then the latest first.
 */
export const factsFrom = (sayings: readonly Saying[]): readonly KnownFact[] => {
  const known: KnownFact[] = [];
  const open = new Map<string, Map<string, KnownFact>>();
  const inOrder = [...sayings].sort(
    (left, right) => left.saidAt.getTime() - right.saidAt.getTime() || left.startAt - right.startAt,
  );
  for (const saying of inOrder) {
    const ofKey = open.get(saying.key) ?? new Map<string, KnownFact>();
    open.set(saying.key, ofKey);
    const value = saying.value.toLowerCase();
    const end = (which: string, fact: KnownFact): void => {
      known.push({ ...fact, validTo: saying.saidAt });
      ofKey.delete(which);
    };
    for (const [other, fact] of [...ofKey]) {
      if (saying.retracts ? value === '' || other.includes(value) : saying.isSingle && other !== value)
        end(other, fact);
    }
    if (!saying.retracts) ofKey.set(value, saidOnceMore(ofKey.get(value), saying));
  }
  const current = [...open.values()].flatMap((ofKey) => [...ofKey.values()]);
  const latestFirst = (left: KnownFact, right: KnownFact): number =>
    right.lastSaidAt.getTime() - left.lastSaidAt.getTime();
  return [...current.sort(latestFirst), ...known.sort(latestFirst)];
};

const sourcesMax = 20;

const saidOnceMore = (known: KnownFact | undefined, saying: Saying): KnownFact => {
  const { id, kind, key, value, saidAt, turnId, startAt, endAt } = saying;
  const source = turnId === null ? [] : [{ turnId, start: startAt, end: endAt }];
  return {
    id,
    kind,
    key,
    value,
    validFrom: known?.validFrom ?? saidAt,
    validTo: null,
    timesSaid: (known?.timesSaid ?? 0) + 1,
    lastSaidAt: saidAt,
    sources: [...(known?.sources ?? []), ...source].slice(-sourcesMax),
  };
};
