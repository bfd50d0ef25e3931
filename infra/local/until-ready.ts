import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalError } from './local-error.ts';

/** Waits until the address answers 200; throws with the last answer's own words when it does not in `limitMs`. */
export const untilReady = async (url: string, limitMs: number): Promise<void> => {
  const started = performance.now();
  let last: Answer | undefined;
  while (performance.now() - started < limitMs) {
    last = await ask(url);
    if (last?.status === 200) return;
    await sleep(pollMs);
  }
  const said = last === undefined ? 'no answer' : `${last.status} ${last.text.slice(0, 300)}`;
  throw new LocalError(`${url} is not ready after ${limitMs / 1000} s: ${said}`);
};

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Without `fetch`, whose loading alone would be a tenth of a warm start. */
const ask = (url: string): Promise<Answer | undefined> =>
  new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 2_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });

const pollMs = 25;
