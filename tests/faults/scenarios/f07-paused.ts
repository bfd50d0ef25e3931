import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../support/eventually.ts';
import { send } from '../../support/http.ts';
import { createRegistrations, judge, untilAllReady } from '../registrations.ts';
import type { Scenario } from '../scenario.ts';

/** A process that stands still and goes on as if nothing had been: its links look whole, its leases are over. */
export const paused: Scenario = {
  name: 'F7',
  title: 'NATS, then a process of provisioning and one of knowledge, stand still for 20 s',
  isInCi: false,
  sizes: { full: 200, quick: 40 },
  limitMs: { full: 420_000, quick: 240_000 },
  figures: [
    { name: 'lost', atMost: 0 },
    { name: 'duplicate', atMost: 0 },
    { name: 'unexpected', atMost: 0 },
    { name: 'stale_link_ms', atMost: 10_000 },
    { name: 'crashes', atMost: 0 },
  ],
  run: async ({ n, isQuick, openWorld, say }) => {
    const world = await openWorld({ replicas: { provisioning: 2, knowledge: 2 } });
    const registrations = createRegistrations(world, 'f7');
    const pauseMs = isQuick ? 12_000 : 20_000;
    const sending = registrations.send(n, (2 * pauseMs) / n);

    await sleep(1_000);
    world.nats.pause();
    const startedAt = performance.now();
    const [gateway] = world.of('gateway');
    await eventually(async () => {
      const reply = await send(`http://127.0.0.1:${gateway?.healthPort ?? 0}/health/ready`);
      return reply.status === 503;
    }, 20_000).catch(() => undefined);
    const staleLinkMs = Math.round(performance.now() - startedAt);
    say(`the stale link was found after ${staleLinkMs} ms`);
    await sleep(Math.max(0, pauseMs - staleLinkMs));
    world.nats.resume();

    await sleep(2_000);
    const victims = [world.of('provisioning')[0], world.of('knowledge')[0]];
    for (const victim of victims) victim?.pause();
    say('one of provisioning and one of knowledge stand still');
    await sleep(pauseMs);
    for (const victim of victims) victim?.resume();
    await sending;
    await untilAllReady(world, 120_000);
    return {
      kills: {},
      pauses: 3,
      ...(await judge(world, registrations)),
      stale_link_ms: staleLinkMs,
      crashes: world.crashes().length,
    };
  },
};
