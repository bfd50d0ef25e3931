import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from './random.ts';
import type { Kept } from './world/kept.ts';
import type { World } from './world/world.ts';

export interface KillPlan {
  /** A random process is killed each time. */
  readonly everyMs: number;
  /** With each so-manyth of them NATS, or PostgreSQL, goes down as well; never without a number. */
  readonly natsEach?: number;
  readonly postgresEach?: number;
  /** Among whom to choose; all services without it. */
  readonly victims?: readonly Kept[];
}

export interface Killing {
  readonly counts: () => Readonly<Record<'services' | 'nats' | 'postgres', number>>;
  readonly stop: () => Promise<void>;
}

/** Kills as `kill -9` does, at a steady pace, until it is stopped. The seed chooses the victims. */
export const startKilling = (world: World, random: Random, plan: KillPlan): Killing => {
  const { everyMs, natsEach = Infinity, postgresEach = Infinity, victims = world.services } = plan;
  const counts = { services: 0, nats: 0, postgres: 0 };
  const stopping = new AbortController();
  const loop = async (): Promise<void> => {
    for (let round = 1; ; round += 1) {
      await sleep(everyMs, undefined, { signal: stopping.signal });
      if (random.pick(victims).kill()) counts.services += 1;
      if (round % natsEach === 0 && world.nats.kill()) counts.nats += 1;
      if (round % postgresEach === 0 && world.postgres.kill()) counts.postgres += 1;
    }
  };
  const killing = loop().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return {
    counts: () => ({ ...counts }),
    stop: async () => {
      stopping.abort();
      await killing;
    },
  };
};
