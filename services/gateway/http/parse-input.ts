import type { Request } from 'express';
import type { z } from 'zod';
import { Failure, type FieldError } from '../../../shared/errors/failure.ts';
import type { GatewayConfig } from '../config.ts';
import { readJsonBody } from './read-body.ts';

interface InputSpec<I extends z.ZodObject> {
  readonly input: I;
  readonly bodyLimit?: 'text-upload';
}

type Limits = Pick<GatewayConfig, 'jsonBytesMax' | 'textUploadBytesMax' | 'requestTimeoutMs'>;

const errorsMax = 20;
const bodyTimeoutMs = 10_000;

/** What the schema makes of path, query and body; the body is read only where it is wanted. Throws `invalid_request`. */
export const parseInput = async <I extends z.ZodObject>(
  { input, bodyLimit }: InputSpec<I>,
  request: Request,
  config: Limits,
): Promise<z.output<I>> => {
  const bytesMax = bodyLimit === 'text-upload' ? config.textUploadBytesMax : config.jsonBytesMax;
  const body =
    input.shape['body'] === undefined
      ? undefined
      : await readJsonBody(request, { bytesMax, timeoutMs: Math.min(bodyTimeoutMs, config.requestTimeoutMs) });
  return parseWith(input, { params: request.params, query: request.query, body });
};

/** Parses with words for the caller: each wrong field once, at most 20 of them. Throws `invalid_request`. */
export const parseWith = <S extends z.ZodType>(schema: S, value: unknown): z.output<S> => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors: FieldError[] = parsed.error.issues
    .slice(0, errorsMax)
    .map(({ path, message }) => ({ path: path.map(String).join('.').slice(0, 200), message: message.slice(0, 300) }));
  const [first] = errors;
  throw new Failure('invalid_request', {
    errors,
    ...(first === undefined ? {} : { detail: `${first.path}: ${first.message}` }),
  });
};
