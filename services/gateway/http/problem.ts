import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Problem } from '../../../shared/contracts/http/problem.ts';
import { codes } from '../../../shared/errors/codes.ts';
import type { Failure } from '../../../shared/errors/failure.ts';
import { contextOf } from './exchange.ts';

/** Seconds to wait when a 429 or 503 did not say how long. */
const retryAfterDefault = { passing: 2, final: 60 };

interface ProblemPlace {
  readonly requestId: string;
  readonly path: string;
}

/** A Failure as the outside sees it: RFC 9457, and on the inherited knowledge routes the inherited fields too. */
export const problemOf = (failure: Failure, { requestId, path }: ProblemPlace): Problem => {
  const { status, title } = codes[failure.code];
  const retryAfter = retryAfterOf(failure);
  return {
    ...failure.extensions,
    type: `/docs/errors#${failure.code}`,
    title,
    status,
    detail: failure.detail,
    instance: requestId,
    code: failure.code,
    request_id: requestId,
    ...(retryAfter === undefined ? {} : { retry_after: retryAfter }),
    ...(failure.errors === undefined ? {} : { errors: [...failure.errors] }),
    ...(isInheritedKnowledge(path) ? { success: false, message: failure.detail } : {}),
  };
};

/** Answers with the failure. Once headers are out nothing can be said any more, so the connection is cut. */
export const sendProblem = (request: IncomingMessage, response: ServerResponse, failure: Failure): void => {
  const context = contextOf(request);
  context.failureCode = failure.code;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const problem = problemOf(failure, { requestId: context.requestId, path: pathOf(request) });
  const body = JSON.stringify(problem);
  response.writeHead(problem.status, {
    'Content-Type': 'application/problem+json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    ...(problem.retry_after === undefined ? {} : { 'Retry-After': problem.retry_after.toString() }),
    ...(problem.status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
    ...(problem.status === 408 ? { Connection: 'close' } : {}),
  });
  response.end(body);
};

const retryAfterOf = (failure: Failure): number | undefined => {
  if (failure.status !== 429 && failure.status !== 503) return undefined;
  if (failure.retryAfterMs === undefined)
    return failure.retryable ? retryAfterDefault.passing : retryAfterDefault.final;
  return Math.max(1, Math.ceil(failure.retryAfterMs / 1_000));
};

const pathOf = (request: IncomingMessage): string => (request.url ?? '').split('?', 1)[0] ?? '';

const isInheritedKnowledge = (path: string): boolean => path.startsWith('/knowledge/') || path.startsWith('/scrape');
