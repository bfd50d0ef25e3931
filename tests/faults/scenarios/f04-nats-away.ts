import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApi } from '../../support/api.ts';
import { createRegistrations, judge, untilAllReady } from '../registrations.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world/world.ts';

/**
 * Without NATS the gateway, which owns nothing durable, refuses at once; what was accepted is finished when it is back, also
 * when it comes back empty.
 */
export const natsAway: Scenario = {
  name: 'F4',
  title: 'NATS is away for 60 s, then killed with its store wiped',
  isInCi: false,
  sizes: { full: 200, quick: 40 },
  limitMs: { full: 420_000, quick: 240_000 },
  figures: [
    { name: 'lost', atMost: 0 },
    { name: 'duplicate', atMost: 0 },
    { name: 'unexpected', atMost: 0 },
    { name: 'other_answers', atMost: 0 },
    { name: 'refused', atLeast: 10 },
    { name: 'refused_max_ms', atMost: 1_000, isOfFullRuns: true },
    { name: 'done_ms', atMost: 30_000, isOfFullRuns: true },
    { name: 'topology_ms', atMost: 5_000, isOfFullRuns: true },
    { name: 'crashes', atMost: 0 },
  ],
  run: async ({ n, isQuick, openWorld, say }) => {
    const world = await openWorld();
    const registrations = createRegistrations(world, 'f4');
    const half = Math.ceil(n / 2);
    // Some before, some meanwhile: those are refused, and come again with the same key.
    const first = registrations.send(half, 100);
    await sleep(1_000);
    await world.nats.down();
    say('NATS is away');
    const refusals = await askInVain(world, isQuick ? 8_000 : 60_000);
    world.nats.up();
    await world.nats.untilReady();
    const backAt = performance.now();
    await first;
    await untilAllReady(world, 90_000);
    const doneMs = Math.round(performance.now() - backAt);
    say(`all of the first half is done ${doneMs} ms after NATS is back`);

    const second = registrations.send(n - half, 20);
    await sleep(500);
    await world.nats.down();
    await rm(join(world.folder, 'nats'), { recursive: true, force: true });
    world.nats.up();
    await world.nats.untilReady();
    const topologyMs = await untilAllServe(world);
    say(`every process serves ${topologyMs} ms after the empty NATS`);
    await second;
    await untilAllReady(world, 90_000);
    return {
      kills: { nats: 2 },
      ...(await judge(world, registrations)),
      ...refusals,
      done_ms: doneMs,
      topology_ms: topologyMs,
      crashes: world.crashes().length,
    };
  },
};

const askInVain = async (world: World, ms: number) => {
  const api = createApi(world.client.url());
  const until = performance.now() + ms;
  let refused = 0;
  let slowestMs = 0;
  const others: string[] = [];
  while (performance.now() < until) {
    const startedAt = performance.now();
    const reply = await api.asAdmin('/register-domain', { body: { domain_name: 'in-vain.example' } });
    slowestMs = Math.max(slowestMs, performance.now() - startedAt);
    if (reply.status === 503 && Number(reply.headers.get('retry-after')) > 0) refused += 1;
    else others.push(`${reply.status} ${reply.text.slice(0, 200)}`);
    await sleep(200);
  }
  return {
    refused,
    other_answers: others.length,
    other: [...new Set(others)].slice(0, 3).join(' | '),
    refused_max_ms: Math.round(slowestMs),
  };
};

const untilAllServe = async ({ services }: World): Promise<number> => {
  const startedAt = performance.now();
  await Promise.all(services.map((service) => service.untilReady()));
  return Math.round(performance.now() - startedAt);
};
