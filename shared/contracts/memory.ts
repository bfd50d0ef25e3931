import { z } from 'zod';
import { domainRef, moment, text, userId } from './common.ts';
import { event, operationalQuery, query } from './message.ts';

const subjectRef = domainRef.extend({ user_id: userId });

/** One thing remembered of a visitor, as they or we said it. */
export const memoryView = z.object({
  id: z.uuid(),
  role: z.enum(['user', 'assistant']),
  text: z.string(),
  said_at: moment,
  session_id: z.uuid(),
});

/** Something that is known of a visitor: current while `valid_to` is null. `sources` are the turns that say so. */
export const factView = z.object({
  id: z.uuid(),
  kind: z.string(),
  key: z.string(),
  value: z.string(),
  /** As it is told: `plan: Pro (2026-05-01)`. */
  text: z.string(),
  valid_from: moment,
  valid_to: moment.nullable(),
  times_said: z.number().int(),
  sources: z.array(z.object({ turn_id: z.uuid(), start: z.number().int(), end: z.number().int() })),
});

/**
 * What earlier sessions of this visitor say about the question, best first, within `token_budget` (characters / 4).
 * Never another visitor's, never another domain's. Answers late rather than wrong: the caller sets the deadline.
 */
export const recall = query(
  'memory',
  'recall',
  subjectRef.extend({
    question: text(4000),
    session_id: z.uuid(),
    token_budget: z.number().int().min(50).max(2000).default(700),
  }),
  z.object({
    /** What is currently true of the visitor, what the question asks for first; within the budget too. */
    facts: z.array(factView).default([]),
    memories: z.array(memoryView),
    degraded: z.array(z.string()),
  }),
);

/** Throws `memori_key_invalid`; a validator that is out of order answers `unverified`. */
export const validateMemoriKey = query(
  'memory',
  'validate-memori-key',
  z.object({ memori_api_key: text(500).min(1) }),
  z.object({ status: z.enum(['valid', 'unverified']) }),
);

/** Seals the domain's own Memori key; it is used from the next turn on. */
export const connectMemori = query(
  'memory',
  'connect-memori',
  domainRef.extend({ memori_api_key: text(500).min(1) }),
  z.object({ connected: z.literal(true) }),
);

export const listMemories = query(
  'memory',
  'list-memories',
  subjectRef.extend({ limit: z.number().int().min(1).max(500).default(100) }),
  z.object({
    memories: z.array(memoryView),
    /** Current ones first, then what was true before. */
    facts: z.array(factView).default([]),
    total: z.number().int(),
  }),
);

/** Puts a fact right by hand; its old value stays as history. Throws `not_found`. */
export const correctFact = query(
  'memory',
  'correct-fact',
  subjectRef.extend({ fact_id: z.uuid(), value: text(260).min(1) }),
  z.object({ fact: factView }),
);

/** Deletes all that is remembered of one visitor, or one memory or session of theirs, and tells what was deleted. */
export const forgetUser = query(
  'memory',
  'forget-user',
  subjectRef.extend({ memory_id: z.uuid().optional(), session_id: z.uuid().optional() }),
  z.object({ forgotten: z.number().int(), remote_copies: z.array(z.string()) }),
);

/** `ok`, `disabled` or `unavailable`, for `/health`. */
export const memoryHealth = operationalQuery('memory', 'health', z.object({}), z.object({ memori: z.string() }));

export const memoryRecorded = event(
  'memory',
  'MemoryRecorded',
  z.object({ session_id: z.uuid(), message_id: z.uuid(), turns: z.number().int() }),
);
export const userForgotten = event('memory', 'UserForgotten', z.object({ forgotten: z.number().int() }));
