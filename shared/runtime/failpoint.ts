import { setTimeout as delay } from 'node:timers/promises';
import { sha256Hex } from '../crypto/hash.ts';
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
 * only when the place is passed for the nth time, or `:<share>%` (`:<share>%@<seed>`) to act on that share of the passes,
 * the same ones in every run. `kill` ends the process as `kill -9` does. Throws ConfigError for a list that cannot be read,
 * and for any list in production.
 */
export const failpointsOf = ({ FAILPOINTS, NODE_ENV }: Environment): Failpoint => {
  if (FAILPOINTS === undefined || FAILPOINTS === '') return nothing;
  if (NODE_ENV === 'production') throw new ConfigError('FAILPOINTS: only for tests, never in production');
  const armed = new Map(FAILPOINTS.split(',').map(parseOne));
  return async (name) => {
    const point = armed.get(name);
    if (point === undefined) return;
    point.passed += 1;
    if (point.isMeant(point.passed)) await point.act(name);
  };
};

const nothing: Failpoint = () => done;
const done = Promise.resolve();

interface Armed {
  /** Whether this pass, counted from 1, is one to act on. */
  readonly isMeant: (pass: number) => boolean;
  readonly act: Failpoint;
  passed: number;
}

const pattern =
  /^(?<name>[a-z_.]+)=(?:(?<action>kill|throw)|delay:(?<delayMs>\d{1,6}))(?::(?:(?<nth>[1-9]\d{0,5})|(?<share>[1-9]\d?)%(?:@(?<seed>\d{1,9}))?))?$/;

const parseOne = (text: string): [string, Armed] => {
  const { name, action, delayMs, nth, share, seed = '' } = pattern.exec(text.trim())?.groups ?? {};
  if (name === undefined) {
    throw new ConfigError(
      'FAILPOINTS: must be a comma list of name=kill, name=throw or name=delay:ms, with :nth, :share% or neither',
    );
  }
  const act = action === 'kill' ? kill : action === 'throw' ? fail : () => delay(Number(delayMs), undefined);
  const isMeant = (pass: number): boolean => {
    if (nth !== undefined) return pass === Number(nth);
    return share === undefined || drawn(`${name} ${seed} ${pass}`) < Number(share) / 100;
  };
  return [name, { isMeant, act, passed: 0 }];
};

/** 0 ≤ x < 1, the same for the same text. */
const drawn = (text: string): number => parseInt(sha256Hex(text).slice(0, 8), 16) / 2 ** 32;

const kill: Failpoint = () => {
  process.kill(process.pid, 'SIGKILL');
  // The signal comes when the system likes: nothing behind this place may run before it.
  return new Promise(() => undefined);
};

const fail: Failpoint = (name) => Promise.reject(new FailpointError(name));

/** A place where the fault tests may end, break or hold up this process (tests/faults). */
export const failpoint: Failpoint = failpointsOf(processEnvironment());
