import type { z } from 'zod';
import type { factView, memoryView } from '../../shared/contracts/memory.ts';
import type { KnownFact } from './facts/current-facts.ts';
import { lineOf } from './facts/rank-facts.ts';

export type MemoryView = z.infer<typeof memoryView>;
export type FactView = z.infer<typeof factView>;

interface StoredTurn {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly text: string;
  readonly saidAt: Date;
  readonly sessionId: string;
}

/** A stored turn as others see it. */
export const viewOf = ({ id, role, text, saidAt, sessionId }: StoredTurn): MemoryView => ({
  id,
  role,
  text,
  said_at: saidAt.toISOString(),
  session_id: sessionId,
});

/** A fact as others see it. */
export const factViewOf = (fact: KnownFact): FactView => ({
  id: fact.id,
  kind: fact.kind,
  key: fact.key,
  value: fact.value,
  text: lineOf(fact),
  valid_from: fact.validFrom.toISOString(),
  valid_to: fact.validTo?.toISOString() ?? null,
  times_said: fact.timesSaid,
  sources: fact.sources.map(({ turnId, start, end }) => ({ turn_id: turnId, start, end })),
});
