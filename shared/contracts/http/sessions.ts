import { z } from 'zod';
import { moment, pageOutput, userId } from '../common.ts';
import { messageView } from '../chat.ts';
import { id, optionalText, pageQuery } from './fields.ts';

export const openSessionBody = z.object({
  user_id: optionalText(200),
  website_url: optionalText(2000),
});

export const openSessionAnswer = z.object({
  session_id: z.uuid(),
  user_id: z.string(),
  created_at: moment,
  website_url: z.string().nullable(),
});

export const sessionAnswer = openSessionAnswer.extend({ last_activity: moment, status: z.string() });

export const sessionParams = z.object({ session_id: id });
/** The visitor whose session it is; with a key it may be left out. */
export const sessionQuery = z.object({ user_id: userId.optional() });

export const listSessionsQuery = pageQuery.extend({ user_id: userId.optional() });
export const listSessionsAnswer = z.object({ sessions: z.array(sessionAnswer), ...pageOutput });

export const conversationAnswer = z.object({
  session_id: z.uuid(),
  user_id: z.string(),
  messages: z.array(messageView),
  total_messages: z.int(),
});
