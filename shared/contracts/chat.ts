import { z } from 'zod';
import { domainRef, idempotency, moment, nothing, pageInput, pageOutput, text, userId } from './common.ts';
import { event, operationalQuery, query, streamQuery } from './message.ts';

export const sessionView = z.object({
  session_id: z.uuid(),
  domain_id: z.uuid(),
  user_id: z.string(),
  website_url: z.string().nullable(),
  status: z.enum(['active', 'closed']),
  created_at: moment,
  last_activity: moment,
});
export type SessionView = z.infer<typeof sessionView>;

/** One passage an answer rests on. `index` is the number shown in the text as `[n]`, counted from 1. */
export const citation = z.object({
  index: z.number().int(),
  document_id: z.uuid().nullable(),
  document: z.string(),
  heading: z.string().nullable(),
  page: z.number().int().nullable(),
  url: z.string().nullable(),
  quote: z.string(),
});
export type Citation = z.infer<typeof citation>;

/**
 * What an answer had to do without. `search_only`: the agent could not be asked, the text is passages of the documents;
 * `memory`, `memori`: earlier conversations could not be looked up. A later version may know further words.
 */
export const degraded = z.array(z.string());
export const searchOnly = 'search_only';

export const messageView = z.object({
  id: z.uuid(),
  session_id: z.uuid(),
  user_id: z.string(),
  role: z.enum(['user', 'assistant']),
  content: z.string(),
  citations: z.array(citation),
  degraded: degraded.default([]),
  created_at: moment,
});

export const openSession = query(
  'chat',
  'open-session',
  domainRef.extend({
    user_id: userId,
    website_url: text(2000).optional(),
    idempotency: idempotency.optional(),
  }),
  z.object({ session: sessionView }),
);

const sessionRef = domainRef.extend({ session_id: z.uuid() });
/** Throws `session_unknown` also for a session of another domain: the two answers are alike. */
export const getSession = query('chat', 'get-session', sessionRef, z.object({ session: sessionView }));

/** Without `domain_id`: those of all domains, for the admin. */
export const listSessions = query(
  'chat',
  'list-sessions',
  pageInput.extend({ domain_id: z.uuid().optional(), user_id: userId.optional() }),
  z.object({ sessions: z.array(sessionView), ...pageOutput }),
);

/** Oldest first. With `user_id`, the session must be that user's. */
export const getConversation = query(
  'chat',
  'get-conversation',
  sessionRef.extend({ user_id: userId.optional(), limit: z.number().int().min(1).max(500).default(200) }),
  z.object({ session: sessionView, messages: z.array(messageView), total_messages: z.number().int() }),
);

export const answer = z.object({
  message_id: z.uuid(),
  session_id: z.uuid(),
  answer: z.string(),
  sources: z.array(z.string()),
  citations: z.array(citation),
  grounded: z.boolean(),
  memories_used: z.number().int(),
  degraded,
});
export type Answer = z.infer<typeof answer>;

/** What `ask` answers with, in this order: one `meta`, many `token`, any `citation`, one `end`. */
export const answerFrame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('meta'), message_id: z.uuid(), session_id: z.uuid() }),
  z.object({ type: z.literal('token'), text: z.string() }),
  z.object({ type: z.literal('citation'), citation }),
  z.object({ type: z.literal('end'), answer }),
]);
export type AnswerFrame = z.infer<typeof answerFrame>;

/**
 * Stores the question, asks the agent, stores the answer, and only then sends `end`. When the agent cannot be asked and
 * nothing was shown yet, the answer is what the documents say (`degraded` holds `search_only`).
 * The same `client_message_id` in the same session gives the one stored answer again, and waits for it while it is being
 * written. Without `end` there is no answer, whatever was shown: asking again with that id begins it anew.
 * Throws `session_unknown`, `agent_deploying`, `agent_failed`, `agent_unavailable`, `turn_in_progress`, `rate_limited` and
 * `overloaded`.
 */
export const ask = streamQuery(
  'chat',
  'ask',
  sessionRef.extend({
    user_id: userId.optional(),
    question: text(4000).min(1),
    website_context: text(2000).optional(),
    client_message_id: text(255).min(1).optional(),
    /** Only `meta` and `end`: for a caller that shows nothing before the whole. */
    is_whole: z.boolean().default(false),
  }),
  answerFrame,
);

export const recordFeedback = query(
  'chat',
  'record-feedback',
  domainRef.extend({
    message_id: z.uuid(),
    session_id: z.uuid(),
    rating: z.enum(['up', 'down']),
    comment: text(2000).optional(),
  }),
  z.object({ message_id: z.uuid(), rating: z.enum(['up', 'down']) }),
);

/** Counts for `/health`. */
export const countSessions = operationalQuery(
  'chat',
  'count-sessions',
  nothing,
  z.object({
    active_sessions: z.number(),
    /** Agents that are not reachable, in words. */
    agent_trouble: z.array(z.string()).readonly(),
  }),
);

export const sessionOpened = event('chat', 'SessionOpened', z.object({ session_id: z.uuid(), user_id: z.string() }));
/** Both sides of a turn: what memory keeps. Texts are the visitor's and ours; no secret. */
export const questionAnswered = event(
  'chat',
  'QuestionAnswered',
  z.object({
    session_id: z.uuid(),
    user_id: z.string(),
    message_id: z.uuid(),
    question: z.string(),
    answer: z.string(),
    grounded: z.boolean(),
    degraded: degraded.default([]),
    answered_at: moment,
  }),
);
export const answerFailed = event(
  'chat',
  'AnswerFailed',
  z.object({ session_id: z.uuid(), message_id: z.uuid(), code: z.string() }),
);
export const feedbackGiven = event(
  'chat',
  'FeedbackGiven',
  z.object({ message_id: z.uuid(), rating: z.enum(['up', 'down']) }),
);
