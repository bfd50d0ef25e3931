import { setTimeout as sleep } from 'node:timers/promises';
import { adminKey } from '../../support/api.ts';
import { send, type Reply, type Sent } from '../../support/http.ts';
import type { Random } from '../random.ts';

export interface Asked extends Sent {
  /** Sent again with the same key the request has one effect, so the client may try as often as it likes. */
  readonly idempotencyKey?: string;
  /** How long it goes on trying; 0 tries once. */
  readonly patienceMs?: number;
  /** Answers that are final beside 2xx and 4xx without 408, 409, 425 and 429. */
  readonly accepts?: (reply: Reply) => boolean;
}

/** A final answer, or none: then nobody knows whether the request had its effect. */
export type Answered =
  { readonly reply: Reply; readonly attempts: number } | { readonly reply: undefined; readonly attempts: number };

/** A well-behaved client: it retries with the same key, waits as it is told, and goes to another gateway each time. */
export interface Client {
  readonly ask: (path: string, asked?: Asked) => Promise<Answered>;
  readonly asAdmin: (path: string, asked?: Asked) => Promise<Answered>;
  /** The address of one gateway, another each time. */
  readonly url: () => string;
}

const attemptMs = 20_000;
const pauseMs = { first: 100, most: 2_000 };

export const createClient = (urls: readonly string[], random: Random): Client => {
  const url = (): string => random.pick(urls);
  const ask = async (path: string, { idempotencyKey, patienceMs = 0, accepts, ...sent }: Asked = {}) => {
    const deadline = performance.now() + patienceMs;
    const headers = { ...sent.headers, ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }) };
    for (let attempts = 1; ; attempts += 1) {
      const signal = sent.signal ?? AbortSignal.timeout(attemptMs);
      const reply = await send(url() + path, { ...sent, headers, signal }).catch(() => undefined);
      if (reply !== undefined && (isFinal(reply) || accepts?.(reply) === true)) return { reply, attempts };
      const waitMs = pauseOf(reply, attempts, random);
      if (performance.now() + waitMs > deadline) return { reply: undefined, attempts };
      await sleep(waitMs);
    }
  };
  return {
    ask,
    asAdmin: (path, asked = {}) =>
      ask(path, { ...asked, headers: { authorization: `Bearer ${adminKey}`, ...asked.headers } }),
    url,
  };
};

const retried = [408, 409, 425, 429];

const isFinal = ({ status, body }: Reply): boolean => {
  // A conflict is final unless it says that the same request is still being worked on.
  if (status === 409) return !JSON.stringify(body).includes('in_progress');
  return status < 500 && !retried.includes(status);
};

const pauseOf = (reply: Reply | undefined, attempts: number, random: Random): number => {
  const toldMs = Number(reply?.headers.get('retry-after') ?? '0') * 1000;
  const growing = Math.min(pauseMs.most, pauseMs.first * 2 ** Math.min(attempts, 10));
  return Math.max(Math.min(toldMs, pauseMs.most), Math.round(growing * (0.5 + random.next() / 2)));
};
