import { createHash } from 'node:crypto';
import { contentStemsOf } from '../../../shared/retrieval/stems.ts';
import type { Memory, State } from './state.ts';

/** Whose memories: those of one entity under one key. Nobody else's are ever seen. */
export interface Subject {
  readonly owner: string;
  readonly entity: string;
}

export interface Memories {
  add: (subject: Subject, memory: Omit<Memory, 'uuid' | 'owner' | 'entity' | 'at'>) => void;
  /** The best memories of a kind for a query, by plain word overlap, best first. */
  recall: (subject: Subject, kind: Memory['kind'], query: string, limit: number) => readonly Recalled[];
  /** The newest memories of a kind, newest first. */
  latest: (subject: Subject, kind: Memory['kind'], limit: number) => readonly Memory[];
  countOf: (owner: string) => number;
}

export interface Recalled {
  readonly memory: Memory;
  /** Share of the query's words that it holds, 0 to 1. */
  readonly score: number;
}

const memoriesMax = 100_000;

export const createMemories = (state: State, changed: () => void): Memories => {
  const visible = ({ owner, entity }: Subject, kind: Memory['kind']): Memory[] =>
    state.memories.filter(
      (each) => each.owner === owner && each.entity === entity && each.kind === kind && each.visibleAt <= Date.now(),
    );
  return {
    add: (subject, memory) => {
      // The same text again is the same memory, which keeps ids the same over runs.
      const uuid = idOf([subject.owner, subject.entity, memory.kind, memory.role, memory.text]);
      const rest = state.memories.filter((each) => each.uuid !== uuid);
      state.memories = [...rest, { ...memory, ...subject, uuid, at: Date.now() }].slice(-memoriesMax);
      changed();
    },
    recall: (subject, kind, query, limit) => {
      const asked = new Set(contentStemsOf(query));
      return visible(subject, kind)
        .map((memory) => ({ memory, score: overlap(asked, memory.text) }))
        .filter(({ score }) => score > 0)
        .sort((left, right) => right.score - left.score)
        .slice(0, limit);
    },
    latest: (subject, kind, limit) => visible(subject, kind).slice(-limit).reverse(),
    countOf: (owner) => state.memories.filter((each) => each.owner === owner && each.kind === 'fact').length,
  };
};

/** A key as it is kept: never in clear. */
export const ownerOf = (key: string): string => createHash('sha256').update(key).digest('hex');

const idOf = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);

const overlap = (asked: ReadonlySet<string>, text: string): number => {
  if (asked.size === 0) return 0;
  const held = new Set(contentStemsOf(text));
  return [...asked].filter((stem) => held.has(stem)).length / asked.size;
};
