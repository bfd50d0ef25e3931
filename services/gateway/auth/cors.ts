import type { Request, Response } from 'express';
import type { DomainView } from '../../../shared/contracts/provisioning.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { isWebOrigin, judgeOrigin } from './origin.ts';

const allowedHeaders =
  'Authorization, Content-Type, X-Domain-ID, Idempotency-Key, Last-Event-ID, X-Request-Id, traceparent';
const exposedHeaders = 'X-Request-Id, traceparent, Retry-After';

/**
 * A preflight carries no credential and no X-Domain-ID value, so it cannot be judged: any web origin may go on to the real
 * request, which is judged and echoed only when it fits. Never with credentials: there are no cookies.
 */
export const answerPreflight = (request: Request, response: Response): void => {
  const { origin } = request.headers;
  if (origin !== undefined) {
    if (!isWebOrigin(origin)) throw new Failure('origin_mismatch');
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Allow-Methods', 'GET, POST, PATCH, DELETE');
    response.setHeader('Access-Control-Allow-Headers', allowedHeaders);
    response.setHeader('Access-Control-Max-Age', '600');
  }
  response.setHeader('Allow', 'GET, HEAD, POST, PATCH, DELETE, OPTIONS');
  response.status(204).end();
};

/** Lets the page read the answer when its origin is an operator's or belongs to the domain at hand. */
export const echoOrigin = (
  request: Request,
  response: Response,
  { operatorOrigins, domain }: { readonly operatorOrigins: readonly string[]; readonly domain: DomainView | undefined },
): void => {
  const { origin } = request.headers;
  if (origin === undefined) return;
  if (operatorOrigins.includes(origin) || (domain !== undefined && belongsTo(origin, domain))) {
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Expose-Headers', exposedHeaders);
  }
};

const belongsTo = (origin: string, { domain_name, settings }: DomainView): boolean =>
  judgeOrigin(
    { origin, referer: undefined },
    { domainName: domain_name, allowedOrigins: settings.allowed_origins ?? [] },
  ) === 'allowed';
