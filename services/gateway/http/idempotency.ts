import type { IncomingMessage } from 'node:http';
import { sha256Hex } from '../../../shared/crypto/hash.ts';
import { Failure } from '../../../shared/errors/failure.ts';

/** What goes along to the owner of the thing that is created. */
export interface Idempotency {
  readonly key: string;
  readonly request_hash: string;
}

const keyPattern = /^[\x21-\x7e]{1,255}$/;

/** The `Idempotency-Key` header. Throws `invalid_request` when it is not 1 to 255 printable characters. */
export const idempotencyKeyOf = ({ headers }: IncomingMessage): string | undefined => {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && keyPattern.test(key)) return key;
  throw new Failure('invalid_request', {
    errors: [{ path: 'header.Idempotency-Key', message: 'must be 1 to 255 printable ASCII characters' }],
  });
};

/**
 * The member to spread into a creating question; empty without the header. `content` is the parsed body, whose members a
 * schema has put in order, so equal requests give equal text.
 */
export const idempotencyOf = (request: IncomingMessage, content: unknown): { readonly idempotency?: Idempotency } => {
  const key = idempotencyKeyOf(request);
  if (key === undefined) return {};
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  return {
    idempotency: { key, request_hash: sha256Hex(`${request.method ?? ''} ${path}\n${JSON.stringify(content)}`) },
  };
};
