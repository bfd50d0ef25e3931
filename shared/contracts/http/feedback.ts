import { z } from 'zod';
import { text } from '../common.ts';
import { id } from './fields.ts';

export const feedbackParams = z.object({ message_id: id });
export const feedbackBody = z.strictObject({
  session_id: id,
  rating: z.enum(['up', 'down']),
  comment: text(2000).optional(),
});
export const feedbackAnswer = z.object({ message_id: z.uuid(), rating: z.enum(['up', 'down']) });
