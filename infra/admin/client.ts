import { z } from 'zod';
import { AdminError } from './command.ts';

type Method = 'GET' | 'POST' | 'DELETE';

/** The gateway, as the operator's key opens it. */
export interface AdminClient {
  /** The answer, by its contract. Throws an AdminError with the gateway's own words when it refuses. */
  readonly send: <S extends z.ZodType>(method: Method, path: string, answer: S) => Promise<z.output<S>>;
}

const timeoutMs = 20_000;
const problem = z.object({ code: z.string(), detail: z.string().optional(), title: z.string().optional() });

export const createAdminClient = ({ url, key }: { readonly url: string; readonly key: string }): AdminClient => ({
  send: async (method, path, answer) => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${key}`, accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((thrown: unknown) => {
      throw new AdminError(`No answer from ${url} (${wordsOf(thrown)}). Is PARLEY_URL right?`);
    });
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok) throw refusalOf(response.status, body);
    const parsed = z.safeParse(answer, body);
    if (!parsed.success) throw new AdminError(`${url} answers ${method} ${path} otherwise than this version expects.`);
    return parsed.data;
  },
});

/** What the gateway refused, with its code in front. */
const refusalOf = (status: number, body: unknown): AdminError => {
  const read = problem.safeParse(body);
  if (!read.success) return new AdminError(`The gateway answered ${status}.`);
  const { code, detail, title } = read.data;
  const hint = status === 401 || status === 403 ? ' Is ADMIN_API_KEY right?' : '';
  return new AdminError(`${code}: ${detail ?? title ?? status}.${hint}`);
};

const wordsOf = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause instanceof Error ? thrown.cause.message : thrown.message;
};
