import { z } from 'zod';

/** An emulator's answer, looked into by path, for tests. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  /** The value at a path such as `agent.api_keys.0.api_key`; undefined where there is none. */
  at: (path: string) => unknown;
  /** The same, which must be a string. */
  text: (path: string) => string;
}

const requestTimeoutMs = 10_000;

/** Sends JSON and reads JSON; rejects when the connection breaks or the answer is no JSON. */
export const callJson = async (
  url: string,
  { method = 'GET', token, body }: { readonly method?: string; readonly token?: string; readonly body?: unknown },
): Promise<Answer> => {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(requestTimeoutMs),
  });
  const text = await response.text();
  return answerOf(response, text === '' ? undefined : JSON.parse(text));
};

const answerOf = ({ status, headers }: Response, body: unknown): Answer => ({
  status,
  headers,
  body,
  at: (path) => valueAt(body, path),
  text: (path) => z.string(`no text at ${path} in ${JSON.stringify(body)}`).parse(valueAt(body, path)),
});

/** The value at a path of a JSON value. */
export const valueAt = (json: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
      json,
    );
