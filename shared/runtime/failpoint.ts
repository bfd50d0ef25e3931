import { setTimeout as delay } from 'node:timers/promises';
import { ConfigError, processEnvironment, type Environment } from './config.ts';

/** Does at a named place of the code what a test asked for there; nothing, at no cost, where none did. */
export type Failpoint = (name: string) => Promise<void>;

/** Thrown by a failpoint that was told to; no cause of its own, as an error nobody foresaw has none. */
export class FailpointError extends Error {
  constructor(name: string) {
    super(`Failpoint ${name}`);
    this.name = 'FailpointError';
  }
}

/**
 * Reads `FAILPOINTS`, a comma list of `name=kill`, `name=throw` or `name=delay:<ms>`, each with `:<nth>` behind it to act
 * only when the place is passed for the nth time. `kill` ends the process as `kill -9` does. Throws ConfigError for a list
 * that cannot be read, and for any list in production.
 */
export const failpointsOf = ({ FAILPOINTS, NODE_ENV }: Environment): Failpoint => {
  if (FAILPOINTS === undefined || FAILPOINTS === '') return nothing;
  if (NODE_ENV === 'production') throw new ConfigError('FAILPOINTS: only for tests, never in production');
  const armed = new Map(FAILPOINTS.split(',').map(parseOne));
  return async (name) => {
    const point = armed.get(name);
    if (point === undefined) return;
    point.passed += 1;
    if (point.nth === undefined || point.nth === point.passed) await point.act(name);
  };
};

const nothing: Failpoint = () => done;
const done = Promise.resolve();

interface Armed {
  readonly nth: number | undefined;
  readonly act: Failpoint;
  passed: number;
}

const pattern = /^([a-z_.]+)=(?:(kill|throw)|delay:(\d{1,6}))(?::([1-9]\d{0,5}))?$/;

const parseOne = (text: string): [string, Armed] => {
  const [, name, action, delayMs, nth] = pattern.exec(text.trim()) ?? [];
  if (name === undefined) {
    throw new ConfigError(
      'FAILPOINTS: must be a comma list of name=kill, name=throw or name=delay:ms, with :nth or not',
    );
  }
  const act = action === 'kill' ? kill : action === 'throw' ? fail : () => delay(Number(delayMs), undefined);
  return [name, { nth: nth === undefined ? undefined : Number(nth), act, passed: 0 }];
};

const kill: Failpoint = () => {
  process.kill(process.pid, 'SIGKILL');
  // The signal comes when the system likes: nothing behind this place may run before it.
  return new Promise(() => undefined);
};

const fail: Failpoint = (name) => Promise.reject(new FailpointError(name));

/** A place where the fault tests may end, break or hold up this process (tests/faults). */
export const failpoint: Failpoint = failpointsOf(processEnvironment());
