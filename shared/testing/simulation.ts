import { nextTick } from 'node:process';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../runtime/clock.ts';
import type { Tape } from './tape.ts';

/** A process of the simulated world: what waits in it goes on only while it lives and is not paused. */
export interface SimulatedProcess {
  readonly clock: Clock;
  /** Runs `work` in this process `ms` from now; never when it is killed before. */
  readonly after: (ms: number, work: () => void) => void;
  /** Ends it between two steps of its code, as SIGKILL does. */
  readonly kill: () => void;
  /** Sets its clock forward, or back; what waits in it still waits for as long as it meant to. */
  readonly jump: (ms: number) => void;
  /** Holds it up, as a stopped or swapped-out process; what comes due meanwhile happens when it wakes. */
  readonly pause: (ms: number) => void;
}

export interface Simulation {
  readonly tape: Tape;
  readonly now: () => number;
  readonly newId: () => string;
  /** Runs `work` in the world itself, which no process's death prevents: a request on its way, a deployment. */
  readonly after: (ms: number, work: () => void) => void;
  readonly startProcess: () => SimulatedProcess;
  /** Lets time pass until `isDone` or for `limitMs`; tells whether it was done in time. */
  readonly run: (isDone: () => boolean, limitMs: number) => Promise<boolean>;
}

/** Asked before each step of a process; may kill or pause it. */
export type Mischief = (process: SimulatedProcess, tape: Tape) => void;

interface Happening {
  readonly at: number;
  readonly order: number;
  readonly owner: Life | undefined;
  readonly work: () => void;
}

interface Life {
  readonly process: SimulatedProcess;
  alive: boolean;
  pausedUntil: number;
  aheadMs: number;
}

/**
 * A world of one thread and simulated time in which real asynchronous code runs: whoever waits, waits for the clock of its
 * process or for a call over the simulated network, and the earliest of all waits goes on next. Code under simulation must
 * not wait for anything else (no real timer, no I/O), or a run is no longer decided by its tape alone.
 */
export const createSimulation = (tape: Tape, mischief: Mischief = () => undefined): Simulation => {
  const waiting: Happening[] = [];
  let time = Date.UTC(2026, 0, 1);
  let count = 0;

  const at = (moment: number, owner: Life | undefined, work: () => void): void => {
    waiting.push({ at: Math.max(moment, time), order: (count += 1), owner, work });
  };

  const startProcess = (): SimulatedProcess => {
    const after = (ms: number, work: () => void): void => at(time + ms, life, work);
    const process: SimulatedProcess = {
      clock: clockOf({ now: () => time + life.aheadMs, after, random: tape.random }),
      after,
      kill: () => void (life.alive = false),
      jump: (ms) => void (life.aheadMs += ms),
      pause: (ms) => void (life.pausedUntil = Math.max(life.pausedUntil, time + ms)),
    };
    const life: Life = { process, alive: true, pausedUntil: 0, aheadMs: 0 };
    return process;
  };

  const step = (next: Happening): void => {
    const { owner } = next;
    time = Math.max(time, next.at);
    if (owner === undefined) {
      next.work();
      return;
    }
    if (owner.alive && owner.pausedUntil <= time) mischief(owner.process, tape);
    if (!owner.alive) return;
    if (owner.pausedUntil > time) at(owner.pausedUntil, owner, next.work);
    else next.work();
  };

  return {
    tape,
    now: () => time,
    newId: () => newIdOf(tape.random),
    after: (ms, work) => at(time + ms, undefined, work),
    startProcess,
    run: async (isDone, limitMs) => {
      // Ticks alone would keep the thread's timers from ever coming due.
      await setImmediate();
      const endAt = time + limitMs;
      while (!isDone()) {
        const next = takeEarliest(waiting);
        if (next === undefined || next.at > endAt) return false;
        step(next);
        await everythingWaits();
      }
      return true;
    },
  };
};

/** All code that can go on goes on until it waits again, before anything else happens: ticks come after microtasks. */
const everythingWaits = (): Promise<void> => new Promise((resolve) => nextTick(resolve));

const takeEarliest = (waiting: Happening[]): Happening | undefined => {
  let found = 0;
  for (let index = 1; index < waiting.length; index += 1) {
    if (isEarlier(waiting[index], waiting[found])) found = index;
  }
  return waiting.splice(found, 1)[0];
};

const isEarlier = (left: Happening | undefined, right: Happening | undefined): boolean =>
  left !== undefined && right !== undefined && (left.at - right.at || left.order - right.order) < 0;

const clockOf = ({
  now,
  after,
  random,
}: Pick<SimulatedProcess, 'after'> & Pick<Simulation, 'now'> & Pick<Tape, 'random'>): Clock => ({
  now,
  random,
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const end = (): void => {
        signal?.removeEventListener('abort', end);
        resolve();
      };
      signal?.addEventListener('abort', end);
      after(signal?.aborted === true ? 0 : ms, end);
    }),
  newId: () => newIdOf(random),
  newSecret: (bytes) => Array.from({ length: bytes }, () => Math.floor(random() * 36).toString(36)).join(''),
});

const newIdOf = (random: () => number): string => {
  const hex = (digits: number): string =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(6)}${hex(6)}`;
};
