import { z } from 'zod';
import { answer } from '../chat.ts';
import { text } from '../common.ts';
import { id, optionalText } from './fields.ts';

export const askBody = z.object({
  question: text(4000).refine((value) => value.trim() !== '', 'must not be empty'),
  session_id: id,
  user_id: optionalText(200),
  website_context: optionalText(2000),
  client_message_id: optionalText(255),
});

export const askAnswer = answer;
