import { z } from 'zod';
import { recordFeedback } from '../../../shared/contracts/chat.ts';
import { feedbackAnswer, feedbackBody, feedbackParams } from '../../../shared/contracts/http/feedback.ts';
import { route } from '../http/route.ts';

/** Thumbs up or down for one answer; a second one replaces the first. */
export const giveFeedbackRoute = route({
  method: 'post',
  path: '/messages/:message_id/feedback',
  tag: 'conversation',
  summary: 'Rate an answer',
  credential: 'visitor',
  input: z.object({ params: feedbackParams, body: feedbackBody }),
  output: feedbackAnswer,
  failures: ['session_unknown', 'not_found'],
  handle:
    ({ bus }) =>
    ({ params, body }, { caller, call }) =>
      bus.ask(recordFeedback, { ...body, message_id: params.message_id, domain_id: caller.domain.domain_id }, call()),
});
