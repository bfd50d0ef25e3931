import type { z } from 'zod';
import type { SessionView } from '../../../shared/contracts/chat.ts';
import type { sessionAnswer } from '../../../shared/contracts/http/sessions.ts';
import type { DomainCaller } from '../auth/credentials.ts';

/** Who a visitor is who did not say. */
export const anonymous = 'anonymous';

/** A session as the outside sees it. */
export const toSessionAnswer = (session: SessionView): z.input<typeof sessionAnswer> => {
  const { session_id, user_id, created_at, last_activity, website_url, status } = session;
  return { session_id, user_id, created_at, last_activity, website_url, status };
};

/** Whose session it must be: a visitor reads only the own one, a key reads any of its domain. */
export const requiredUser = (caller: DomainCaller, userId: string | undefined): string | undefined =>
  caller.via === 'domain-id' ? (userId ?? anonymous) : userId;
