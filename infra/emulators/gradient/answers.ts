import type { Response } from 'express';
import type { z } from 'zod';
import { readByContract } from '../support/strict-body.ts';
import type { Platform } from './platform.ts';
import type { IncomingRequest } from '../support/incoming-request.ts';

const ids: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  422: 'unprocessable_entity',
  429: 'too_many_requests',
  500: 'server_error',
  501: 'not_implemented',
};
const messages: Readonly<Record<number, string>> = {
  401: 'Unable to authenticate you.',
  404: 'The resource you requested could not be found.',
  429: 'API rate limit exceeded.',
  500: 'Unexpected server-side error',
};

/** The control plane's error body. */
export const errorBody = (status: number, message?: string): { id: string; message: string } => ({
  id: ids[status] ?? (status >= 500 ? 'service_unavailable' : 'bad_request'),
  message: message ?? messages[status] ?? 'The request could not be served.',
});

/** Refuses a control-plane request. */
export const refuse = (response: Response, status: number, message?: string): void => {
  response.status(status).json(errorBody(status, message));
};

/** Reads a body by its contract; undefined when it was refused, with 400 and, in strict mode, a recorded violation. */
export const readBody = <Schema extends z.ZodType>(
  platform: Platform,
  schema: Schema,
  request: IncomingRequest,
  response: Response,
): z.infer<Schema> | undefined => {
  const { strict } = platform.settings();
  const verdict = readByContract(schema, request.body, strict);
  if (verdict.accepted) return verdict.body;
  if (strict) platform.journal.violate(request, verdict.reason);
  refuse(response, 400, verdict.reason);
  return undefined;
};
