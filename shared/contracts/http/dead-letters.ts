import { z } from 'zod';
import { deadLetterDetail, deadLetterView } from '../dead-letters.ts';
import { id, pageQuery } from './fields.ts';

export const deadLetterParams = z.object({ dead_letter_id: id });
export const deadLettersQuery = pageQuery.extend({
  owner: deadLetterView.shape.owner.optional(),
  domain_id: id.optional(),
});
/** `unavailable` names the owners that did not answer: theirs are missing. */
export const listDeadLettersAnswer = z.object({
  dead_letters: z.array(deadLetterView),
  total: z.number().int(),
  next_cursor: z.string().nullable(),
  unavailable: z.array(deadLetterView.shape.owner),
});
export const deadLetterAnswer = deadLetterView;
export const deadLetterDetailAnswer = deadLetterDetail;
