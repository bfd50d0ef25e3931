import { z } from 'zod';
import type { SessionView } from '../../../shared/contracts/chat.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { decodeCursor, pageOf } from '../../../shared/db/cursor.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Owe } from '../../../shared/outbox/outbox.ts';

export interface NewSession {
  readonly id: string;
  readonly domainId: string;
  readonly userId: string;
  readonly websiteUrl: string | undefined;
}

const sessionRow = z
  .object({
    session_id: z.string(),
    domain_id: z.string(),
    user_id: z.string(),
    website_url: z.string().nullable(),
    status: z.enum(['active', 'closed']),
    created_at: z.date(),
    last_activity: z.date(),
  })
  .transform((row): SessionView => ({
    ...row,
    created_at: row.created_at.toISOString(),
    last_activity: row.last_activity.toISOString(),
  }));

/** The session and what is owed for it, in one statement. */
export const insertSession = async (
  client: Transaction,
  session: NewSession,
  owed: ReturnType<Owe>,
): Promise<SessionView> => {
  const rows = await client.$queryRaw<unknown[]>`
    with session as (
      insert into user_sessions (session_id, domain_id, user_id, website_url)
      values (${session.id}::uuid, ${session.domainId}::uuid, ${session.userId}, ${session.websiteUrl ?? null}::text)
      returning session_id, domain_id, user_id, website_url, status, created_at, last_activity
    ), owed as (${owed} from session)
    select * from session`;
  return sessionRow.parse(rows[0]);
};

export interface SessionPlace {
  readonly domainId: string;
  readonly sessionId: string;
  /** When given, the session must be this user's. */
  readonly userId?: string | undefined;
}

/** Throws `session_unknown` for a session that is missing, another domain's or another user's, in the same words. */
export const findSession = async (client: Transaction, place: SessionPlace): Promise<SessionView> => {
  const userId = place.userId ?? null;
  const rows = await client.$queryRaw<unknown[]>`
    select session_id, domain_id, user_id, website_url, status, created_at, last_activity from user_sessions
    where session_id = ${place.sessionId}::uuid and domain_id = ${place.domainId}::uuid
      and (${userId}::text is null or user_id = ${userId}::text)`;
  if (rows[0] === undefined) throw new Failure('session_unknown');
  return sessionRow.parse(rows[0]);
};

export interface SessionFilter {
  readonly domainId: string | undefined;
  readonly userId: string | undefined;
}

export interface SessionPage {
  readonly sessions: SessionView[];
  readonly total: number;
  readonly next_cursor: string | null;
}

/** Newest first. */
export const listSessions = async (
  client: Transaction,
  filter: SessionFilter,
  page: { readonly limit: number; readonly cursor: string | undefined },
): Promise<SessionPage> => {
  const after = decodeCursor(page.cursor);
  const where = {
    ...(filter.domainId === undefined ? {} : { domainId: filter.domainId }),
    ...(filter.userId === undefined ? {} : { userId: filter.userId }),
  };
  const behind =
    after === undefined
      ? {}
      : {
          OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, sessionId: { lt: after.id } }],
        };
  const [found, total] = await Promise.all([
    client.userSession.findMany({
      where: { ...where, ...behind },
      orderBy: [{ createdAt: 'desc' }, { sessionId: 'desc' }],
      take: page.limit + 1,
    }),
    client.userSession.count({ where }),
  ]);
  const { rows, next_cursor } = pageOf(found, page.limit, ({ createdAt, sessionId }) => ({ createdAt, id: sessionId }));
  const sessions = rows.map((row) =>
    sessionRow.parse({
      session_id: row.sessionId,
      domain_id: row.domainId,
      user_id: row.userId,
      website_url: row.websiteUrl,
      status: row.status,
      created_at: row.createdAt,
      last_activity: row.lastActivity,
    }),
  );
  return { sessions, total, next_cursor };
};

export const countActiveSessions = async (client: Transaction): Promise<number> =>
  client.userSession.count({ where: { status: 'active' } });
