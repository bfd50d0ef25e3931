import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { IncomingRequest } from '../support/incoming-request.ts';
import type { Journal } from '../support/journal.ts';
import { readByContract } from '../support/strict-body.ts';
import type { Memories } from './memories.ts';
import type { Settings } from './settings.ts';

/** Everything that the emulator's routes share. */
export interface Service {
  readonly memories: Memories;
  readonly settings: () => Settings;
  readonly journal: Journal;
}

/** The bearer key of a request; undefined when there is none or it is not taken. */
export const keyOf = ({ settings }: Service, request: Pick<Request, 'get'>): string | undefined => {
  const key = /^Bearer (\S+)$/u.exec(request.get('authorization') ?? '')?.[1];
  if (key === undefined || key.includes('invalid') || settings().invalid_keys.includes(key)) return undefined;
  return key;
};

/** Reads a body by its contract; undefined when it was refused, with 422 as the real service does. */
export const readBody = <Schema extends z.ZodType>(
  service: Service,
  schema: Schema,
  request: IncomingRequest,
  response: Response,
): z.infer<Schema> | undefined => {
  const { strict } = service.settings();
  const verdict = readByContract(schema, request.body, strict);
  if (verdict.accepted) return verdict.body;
  if (strict) service.journal.violate(request, verdict.reason);
  response.status(422).json({ detail: verdict.reason });
  return undefined;
};
