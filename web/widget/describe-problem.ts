import type { Problem } from './messages.ts';
import { texts } from './texts.ts';

/** Says a problem to a visitor. Never the server's own words: those are for developers. */
export const describeProblem = ({ code, status, retryAfterMs }: Problem): string => {
  const seconds = Math.max(1, Math.ceil((retryAfterMs ?? 0) / 1000));
  if (code === 'agent_deploying') return texts.deploying;
  if (code === 'offline') return texts.offline;
  if (code === 'unreachable') return texts.unreachable;
  if (code === 'timeout' || status === 504) return texts.timeout;
  if (code === 'cut') return texts.cut;
  if (code === 'agent_unavailable') return texts.away;
  if (status === 429) return texts.rateLimited(seconds);
  if (status === 413) return texts.tooLong;
  if (status === 401 || status === 403 || code === 'domain_id_missing') return texts.refused;
  return texts.broken;
};

/** Says why a question waits although nobody has to do anything. */
export const describeWait = (problem: Problem): string => {
  if (problem.code === 'agent_deploying') return texts.deploying;
  if (problem.code === 'turn_in_progress') return texts.finishing;
  if (problem.status === 429 || problem.code === 'overloaded')
    return texts.busy(Math.max(1, Math.ceil((problem.retryAfterMs ?? 0) / 1000)));
  return ''; // a second try that needs no words
};
