import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../support/eventually.ts';
import { noteChild, signalChild } from './children.ts';

/** A process that runs now. */
export interface Launched {
  readonly pid: number;
  /** Resolves with the reason: a signal's name or an exit code. */
  readonly ended: Promise<string>;
  readonly isReady: () => Promise<boolean>;
}

/** A program under the harness: it is killed, paused and held down from here, and its keeper starts it again. */
export interface Kept {
  readonly name: string;
  /** Undefined while it is away. */
  readonly pid: () => number | undefined;
  /** How often it was started. */
  readonly starts: () => number;
  /** Why it ended, each time that nobody here had asked for it. */
  readonly crashes: () => readonly string[];
  readonly untilReady: (withinMs?: number) => Promise<void>;
  /** Ends it; its keeper starts it again. False when it was away already. */
  readonly kill: (signal?: NodeJS.Signals) => boolean;
  /** Ends it and keeps it away until `up`. Resolves with the reason; with nothing when it was away already. */
  readonly down: (signal?: NodeJS.Signals) => Promise<string | undefined>;
  readonly up: () => void;
  readonly pause: () => boolean;
  readonly resume: () => boolean;
  /** Ends it for good: SIGTERM, and SIGKILL when that was not enough in `patienceMs`. Resolves with the last reason. */
  readonly stop: (patienceMs?: number) => Promise<string | undefined>;
}

interface KeeperOptions {
  readonly name: string;
  /** Starts the program; may fail, and is then tried again. */
  readonly launch: () => Promise<Launched>;
  /** Between an end and the next start. */
  readonly delayMs: () => number;
}

const readyMsMax = 60_000;
const crashesMax = 1_000;

/** Runs a program until it is stopped, over and over. */
export const keep = ({ name, launch, delayMs }: KeeperOptions): Kept => {
  let running: Launched | undefined;
  let wanted: 'up' | 'down' | 'stopped' = 'up';
  const isWanted = (phase: typeof wanted): boolean => wanted === phase;
  let starts = 0;
  let lastEnd: string | undefined;
  const asked = new Set<number>();
  const crashes: string[] = [];

  const runOnce = async (): Promise<void> => {
    const launched = await launch();
    noteChild(launched.pid, launched.ended);
    starts += 1;
    running = launched;
    // What was asked for while it started.
    if (!isWanted('up')) send('SIGKILL');
    lastEnd = await launched.ended;
    running = undefined;
    if (!asked.delete(launched.pid) && crashes.length < crashesMax) crashes.push(`${name}: ${lastEnd}`);
  };
  const send = (signal: NodeJS.Signals): boolean => {
    if (running === undefined) return false;
    asked.add(running.pid);
    return signalChild(running.pid, signal);
  };
  const loop = async (): Promise<void> => {
    while (!isWanted('stopped')) {
      if (isWanted('up')) {
        await runOnce().catch((error: unknown) => {
          lastEnd = error instanceof Error ? error.message : String(error);
        });
      }
      if (!isWanted('stopped')) await sleep(delayMs());
    }
  };
  const looping = loop();

  return {
    name,
    pid: () => running?.pid,
    starts: () => starts,
    crashes: () => crashes,
    untilReady: async (withinMs = readyMsMax) => {
      await eventually(async () => (await running?.isReady().catch(() => false)) ?? false, withinMs).catch(() => {
        throw new Error(`${name} was not ready within ${withinMs / 1000} s (it ended last: ${lastEnd ?? 'never'})`);
      });
    },
    kill: (signal = 'SIGKILL') => send(signal),
    down: async (signal = 'SIGKILL') => {
      wanted = 'down';
      const ended = running?.ended;
      send(signal);
      return ended;
    },
    up: () => {
      if (isWanted('down')) wanted = 'up';
    },
    pause: () => signalChild(running?.pid, 'SIGSTOP'),
    resume: () => signalChild(running?.pid, 'SIGCONT'),
    stop: async (patienceMs = 15_000) => {
      wanted = 'stopped';
      signalChild(running?.pid, 'SIGCONT');
      send('SIGTERM');
      const done = new AbortController();
      const late = sleep(patienceMs, undefined, { signal: done.signal }).then(
        () => send('SIGKILL'),
        () => undefined,
      );
      await looping;
      done.abort();
      await late;
      return lastEnd;
    },
  };
};
