import { setTimeout as sleep } from 'node:timers/promises';
import { send } from '../support/http.ts';
import type { ServiceProcess } from './world/service-process.ts';

const everyMs = 50;

/** When a breaker of each of these systems was first seen open, by the processes' own metrics, until it is stopped. */
export const watchBreakers = (processes: readonly ServiceProcess[], systems: readonly string[]) => {
  const startedAt = performance.now();
  const openedMs = new Map<string, number>();
  const watching = new AbortController();
  const look = async ({ healthPort }: ServiceProcess): Promise<void> => {
    const { text } = await send(`http://127.0.0.1:${healthPort}/metrics`, { signal: watching.signal });
    for (const system of systems) {
      const open = new RegExp(`^parley_breakers_open\\{system="${system}"\\} (\\d+)`, 'm').exec(text)?.[1];
      if (Number(open ?? 0) > 0 && !openedMs.has(system)) openedMs.set(system, performance.now() - startedAt);
    }
  };
  const loop = async (): Promise<void> => {
    while (!watching.signal.aborted && openedMs.size < systems.length) {
      await Promise.all(processes.map((each) => look(each).catch(() => undefined)));
      await sleep(everyMs, undefined, { signal: watching.signal }).catch(() => undefined);
    }
  };
  const looping = loop();
  return {
    /** By system; none of those that did not open. */
    stop: async (): Promise<ReadonlyMap<string, number>> => {
      watching.abort();
      await looping;
      return openedMs;
    },
  };
};
