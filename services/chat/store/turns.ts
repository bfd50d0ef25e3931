import { z } from 'zod';
import type { Transaction } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Owe } from '../../../shared/outbox/outbox.ts';
import type { PastTurn } from '../domain.ts';
import { evidenceSchema, type Evidence } from '../evidence.ts';

/** A row of the outbox that still lacks its `from`. */
type OwedRow = ReturnType<Owe>;

export interface TurnRequest {
  readonly domainId: string;
  readonly sessionId: string;
  /** When given, the session must be this user's. */
  readonly userId: string | undefined;
  readonly question: string;
  readonly clientMessageId: string | undefined;
  /** Id of the question, unless its sender sent it before. */
  readonly newId: string;
  /** Names this attempt. */
  readonly token: string;
  readonly leaseMs: number;
  readonly pastTurnsMax: number;
}

/** What is stored of an answer. */
export interface StoredAnswer {
  readonly id: string;
  readonly text: string;
  readonly evidence: Evidence;
}

export type TurnStart =
  | {
      readonly kind: 'started';
      readonly userId: string;
      readonly questionId: string;
      readonly question: string;
      readonly history: readonly PastTurn[];
    }
  | { readonly kind: 'answered'; readonly answer: StoredAnswer }
  /** The client message id belongs to a question in other words; nothing was claimed. */
  | { readonly kind: 'reused' }
  /** `isSame`: what is being answered is this very question, sent before. */
  | { readonly kind: 'running'; readonly isSame: boolean }
  | { readonly kind: 'expired'; readonly questionId: string }
  /** Another asker was faster than what this look could see: look again. */
  | { readonly kind: 'overtaken' };

const startRow = z.object({
  user_id: z.string(),
  claimed: z.boolean(),
  question_id: z.string().nullable(),
  question: z.string().nullable(),
  reused: z.boolean(),
  answer_id: z.string().nullable(),
  answer: z.string().nullable(),
  evidence: z.unknown().optional(),
  prior_id: z.string().nullable(),
  running_id: z.string().nullable(),
  expired: z.boolean().nullable(),
  history: z.array(z.object({ question: z.string(), answer: z.string() })),
});

const pastCharsMax = 8_000;

/**
 * Takes the session's one turn and stores the question, or tells why not. One statement: the key of `running_turns` lets
 * one asker through, and the unique client message id makes a repeated question the same row. Rows are named by keys that
 * are known beforehand, not by joins: a server that made its plan while the tables were empty would read them whole.
 * Throws `session_unknown` for a session that is missing, another domain's or another user's, in the same words.
 */
export const startTurn = async (client: Transaction, request: TurnRequest): Promise<TurnStart> => {
  const { domainId, sessionId, question, newId, token, leaseMs, pastTurnsMax } = request;
  const userId = request.userId ?? null;
  const clientMessageId = request.clientMessageId ?? null;
  const rows = await client.$queryRaw<unknown[]>`
    with named as materialized (
      select session_id, domain_id, user_id from user_sessions where session_id = ${sessionId}::uuid
    ), session as (
      select session_id, user_id from named
      where domain_id = ${domainId}::uuid and (${userId}::text is null or user_id = ${userId}::text)
    ), prior as (
      select id, status, content <> ${question}::text as reused from conversation_history
      where session_id = (select session_id from session) and client_message_id = ${clientMessageId}::text
    ), running as (
      select question_id, lease_until < now() as expired from running_turns
      where session_id = (select session_id from session)
    ), turn as (
      insert into running_turns (session_id, domain_id, question_id, token, lease_until)
      select session_id, ${domainId}::uuid, coalesce((select id from prior), ${newId}::uuid), ${token}::uuid,
        now() + ${leaseMs}::float8 * interval '1 millisecond'
      from session where not exists (select from prior where status = 'answered' or reused)
      on conflict (session_id) do nothing
      returning question_id
    ), question as (
      insert into conversation_history (id, session_id, domain_id, user_id, role, content, client_message_id, status)
      select turn.question_id, session.session_id, ${domainId}::uuid, session.user_id, 'user', ${question}::text,
        ${clientMessageId}::text, 'pending'
      from turn, session
      on conflict (session_id, client_message_id) do update set status = 'pending', failure_code = null
        where conversation_history.status <> 'answered' and conversation_history.content = excluded.content
      returning id, content
    )
    select session.user_id, turn.question_id is not null as claimed,
      question.id as question_id, question.content as question,
      coalesce(prior.reused, false) as reused, prior.id as prior_id, answer.id as answer_id, answer.content as answer, answer.evidence,
      running.question_id as running_id, running.expired,
      array(
        select jsonb_build_object('question', left(asked.content, ${pastCharsMax}::int),
          'answer', left(said.content, ${pastCharsMax}::int))
        from conversation_history said join conversation_history asked on asked.id = said.reply_to
        where said.session_id = session.session_id and said.role = 'assistant'
        order by said.position desc limit ${pastTurnsMax}::int
      ) as history
    from session left join turn on true left join question on true left join running on true
      left join prior on true
      left join conversation_history answer on answer.reply_to = prior.id and prior.status = 'answered'`;
  if (rows[0] === undefined) throw new Failure('session_unknown');
  return readStart(startRow.parse(rows[0]));
};

const readStart = (row: z.infer<typeof startRow>): TurnStart => {
  if (row.reused) return { kind: 'reused' };
  if (row.answer_id !== null && row.answer !== null) {
    const evidence = evidenceSchema.parse(row.evidence);
    return { kind: 'answered', answer: { id: row.answer_id, text: row.answer, evidence } };
  }
  if (row.question_id !== null && row.question !== null) {
    const history = row.history.toReversed();
    return { kind: 'started', userId: row.user_id, questionId: row.question_id, question: row.question, history };
  }
  // Claimed without a question: the answer came just now. Neither claimed nor running: another's claim did.
  if (row.claimed || row.running_id === null) return { kind: 'overtaken' };
  if (row.expired === true) return { kind: 'expired', questionId: row.running_id };
  return { kind: 'running', isSame: row.running_id === row.prior_id };
};

const sentRow = z.object({
  status: z.enum(['pending', 'answered', 'failed']),
  failure_code: z.string().nullable(),
  held: z.boolean(),
  answer_id: z.string().nullable(),
  answer: z.string().nullable(),
  evidence: z.unknown().optional(),
});

/** How a question stands that was sent before under this id; `pending` only while a living process answers it. */
export type SentQuestion =
  | { readonly kind: 'answered'; readonly answer: StoredAnswer }
  | { readonly kind: 'pending' }
  | { readonly kind: 'failed'; readonly code: string | null }
  | { readonly kind: 'left' };

/** Undefined when the session, as this user's in this domain, has no such question. */
export const findSentQuestion = async (
  client: Transaction,
  sent: Pick<TurnRequest, 'domainId' | 'sessionId' | 'userId' | 'question'> & { readonly clientMessageId: string },
): Promise<SentQuestion | undefined> => {
  const userId = sent.userId ?? null;
  const rows = await client.$queryRaw<unknown[]>`
    select asked.status, asked.failure_code, coalesce(running.lease_until >= now(), false) as held,
      said.id as answer_id, said.content as answer, said.evidence
    from conversation_history asked join user_sessions session using (session_id)
      left join running_turns running on running.question_id = asked.id and running.session_id = asked.session_id
      left join conversation_history said on said.reply_to = asked.id
    where asked.session_id = ${sent.sessionId}::uuid and asked.client_message_id = ${sent.clientMessageId}::text
      and session.domain_id = ${sent.domainId}::uuid and asked.content = ${sent.question}::text
      and (${userId}::text is null or session.user_id = ${userId}::text)`;
  if (rows[0] === undefined) return undefined;
  const row = sentRow.parse(rows[0]);
  if (row.answer_id !== null && row.answer !== null) {
    const evidence = evidenceSchema.parse(row.evidence);
    return { kind: 'answered', answer: { id: row.answer_id, text: row.answer, evidence } };
  }
  if (row.status === 'failed') return { kind: 'failed', code: row.failure_code };
  return { kind: row.held ? 'pending' : 'left' };
};

/** Where a turn lies; with a token, only as long as it is that attempt's. */
export interface TurnPlace {
  readonly sessionId: string;
  readonly questionId: string;
  readonly token: string;
}

/** False when the turn is no longer this attempt's. */
export const renewTurn = async (client: Transaction, turn: TurnPlace, leaseMs: number): Promise<boolean> => {
  const renewed = await client.$executeRaw`
    update running_turns set lease_until = now() + ${leaseMs}::float8 * interval '1 millisecond'
    where session_id = ${turn.sessionId}::uuid and token = ${turn.token}::uuid`;
  return renewed > 0;
};

/** Lets go of a turn that stored nothing. */
export const releaseTurn = async (client: Transaction, sessionId: string, token: string): Promise<void> => {
  await client.$executeRaw`
    delete from running_turns where session_id = ${sessionId}::uuid and token = ${token}::uuid`;
};

export interface TurnEnd extends StoredAnswer {
  readonly latencyMs: number;
  readonly tokensIn: number | null;
  readonly tokensOut: number | null;
}

/** Stores the answer and what is owed for it, and ends the turn. False, and nothing stored, when the turn was lost. */
export const storeAnswer = async (
  client: Transaction,
  turn: TurnPlace,
  end: TurnEnd,
  owed: OwedRow,
): Promise<boolean> => {
  const rows = await client.$queryRaw<unknown[]>`
    with turn as (
      delete from running_turns where session_id = ${turn.sessionId}::uuid and token = ${turn.token}::uuid
      returning question_id
    ), question as (
      update conversation_history asked set status = 'answered'
      where asked.id = (select question_id from turn) and asked.status = 'pending'
      returning asked.id, asked.session_id, asked.domain_id, asked.user_id
    ), answer as (
      insert into conversation_history (id, session_id, domain_id, user_id, role, content, status, reply_to, evidence,
        latency_ms, tokens_in, tokens_out)
      select ${end.id}::uuid, session_id, domain_id, user_id, 'assistant', ${end.text}::text, 'answered', id,
        ${JSON.stringify(end.evidence)}::jsonb, ${end.latencyMs}::int, ${end.tokensIn}::int, ${end.tokensOut}::int
      from question returning id, session_id
    ), session as (
      update user_sessions set last_activity = now() where session_id = (select session_id from answer)
    ), owed as (${owed} from answer)
    select id from answer`;
  return rows.length > 0;
};

/** Marks the question failed and ends the turn: of this attempt, or, without a token, of one whose lease is over. */
export const failTurn = async (
  client: Transaction,
  turn: Omit<TurnPlace, 'token'> & { readonly token: string | null },
  code: string,
  owed: OwedRow,
): Promise<boolean> => {
  const rows = await client.$queryRaw<unknown[]>`
    with turn as (
      delete from running_turns
      where session_id = ${turn.sessionId}::uuid and question_id = ${turn.questionId}::uuid
        and (token = ${turn.token}::uuid or (${turn.token}::uuid is null and lease_until < now()))
      returning question_id
    ), question as (
      update conversation_history asked set status = 'failed', failure_code = ${code}::text
      where asked.id = (select question_id from turn) and asked.status = 'pending'
      returning asked.id
    ), owed as (${owed} from question)
    select id from question`;
  return rows.length > 0;
};

const expiredRow = z.object({ session_id: z.string(), domain_id: z.string(), question_id: z.string() });

export interface ExpiredTurn {
  readonly sessionId: string;
  readonly domainId: string;
  readonly questionId: string;
}

/** Turns whose process fell silent. */
export const listExpiredTurns = async (client: Transaction, limit: number): Promise<readonly ExpiredTurn[]> => {
  const rows = await client.$queryRaw<unknown[]>`
    select session_id, domain_id, question_id from running_turns where lease_until < now() limit ${limit}::int`;
  return rows.map((row) => {
    const { session_id, domain_id, question_id } = expiredRow.parse(row);
    return { sessionId: session_id, domainId: domain_id, questionId: question_id };
  });
};
