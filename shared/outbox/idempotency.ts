import { z } from 'zod';
import type { Owner } from '../contracts/message.ts';
import type { SecretBox } from '../crypto/secret-box.ts';
import type { Transaction } from '../db/client.ts';
import { Failure } from '../errors/failure.ts';

export interface IdempotentRequest {
  readonly owner: Owner;
  /** A domain id, or `admin`. */
  readonly scope: string;
  readonly key: string;
  readonly request_hash: string;
}

const storedRow = z.object({ request_hash: z.string(), response: z.string().nullable() });

/**
 * Runs a creating effect at most once per key, inside the caller's transaction, and gives the stored answer to the same
 * request sent again. A second one at the same moment waits for the first one's commit (the unique key does that).
 * Throws `idempotency_key_reused` when the key came with another body.
 */
export const idempotently = async <S extends z.ZodType>(
  tx: Transaction,
  secrets: SecretBox,
  request: IdempotentRequest,
  output: S,
  effect: () => Promise<z.output<S>>,
): Promise<z.output<S>> => {
  const { owner, scope, key, request_hash } = request;
  const place = `idempotency_keys:response:${owner}:${scope}:${key}`;
  const claimed = await tx.$executeRaw`
    insert into idempotency_keys (owner, scope, key, request_hash) values (${owner}, ${scope}, ${key}, ${request_hash})
    on conflict do nothing`;
  if (claimed === 0) {
    const rows = await tx.$queryRaw<unknown[]>`
      select request_hash, response from idempotency_keys
      where owner = ${owner} and scope = ${scope} and key = ${key}`;
    const stored = storedRow.parse(rows[0]);
    if (stored.request_hash.trim() !== request_hash || stored.response === null) {
      throw new Failure('idempotency_key_reused');
    }
    return output.parse(JSON.parse(secrets.open(stored.response, place)));
  }
  const response = await effect();
  const sealed = secrets.seal(JSON.stringify(response), place);
  await tx.$executeRaw`
    update idempotency_keys set response = ${sealed} where owner = ${owner} and scope = ${scope} and key = ${key}`;
  return response;
};

/**
 * Runs a transaction under a key. A commit whose answer was lost may have happened; under a key the work happens once
 * however often it is tried, so a second try turns the doubt into the answer, or into a refusal that nothing was done behind.
 */
export const withoutDoubt = async <T>(transaction: () => Promise<T>): Promise<T> => {
  try {
    return await transaction();
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'service_unavailable') return transaction();
    throw thrown;
  }
};
