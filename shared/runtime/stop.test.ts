import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from './clock.ts';
import { createStop } from './stop.ts';

const never = (): Promise<void> => new Promise(() => undefined);
const done = async (): Promise<void> => undefined;

/** Time passes as soon as somebody waits for it. */
const hurriedClock = (): Clock & { readonly slept: number[] } => {
  const slept: number[] = [];
  let now = 0;
  return {
    slept,
    now: () => now,
    sleep: async (ms, signal) => {
      // Those who stop at once are heard before time runs out.
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      if (signal?.aborted === true) return;
      slept.push(ms);
      now += ms;
    },
    newId: () => 'id',
    random: () => 0,
    newSecret: () => 'secret',
  };
};

describe('stopping a process', () => {
  let lines: { readonly part?: string; readonly msg: string }[];
  let order: string[];
  let drainMs: number | undefined;
  let clock: ReturnType<typeof hurriedClock>;
  const parts = () => ({
    services: new Map([['chat', { stop: done }]]),
    bus: {
      drain: async (ms: number) => {
        drainMs = ms;
        order.push('bus');
      },
    },
    database: { close: async () => void order.push('database') },
    health: { stop: async () => void order.push('health') },
    telemetry: { stop: done },
    logger: pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line) as never) }),
    clock,
  });
  beforeEach(() => {
    [lines, order, drainMs, clock] = [[], [], undefined, hurriedClock()];
  });

  it('stops the services side by side, then the bus, then the database, and answers probes to the end', async () => {
    let begun = 0;
    const whenBothBegan = async (): Promise<void> => {
      begun += 1;
      while (begun < 2) await Promise.resolve();
      order.push('service');
    };
    const services = new Map([
      ['chat', { stop: whenBothBegan }],
      ['memory', { stop: whenBothBegan }],
    ]);
    await createStop({ ...parts(), services })(10_000);
    expect(order).toEqual(['service', 'service', 'bus', 'database', 'health']);
    expect([drainMs, lines]).toEqual([10_000, []]);
  });

  it('names a service that does not stop, leaves it behind and closes the rest within its time', async () => {
    const services = new Map([
      ['chat', { stop: never }],
      ['memory', { stop: () => Promise.reject(new Error('broken')) }],
    ]);
    await createStop({ ...parts(), services })(10_000);
    expect(order).toEqual(['bus', 'database', 'health']);
    expect(lines.map(({ part, msg }) => [part, msg])).toEqual([
      ['memory', 'stop failed'],
      ['chat', 'did not stop in time and is left behind'],
    ]);
    expect(drainMs).toBe(1_000);
  });

  it('ends within 4 s of its time even when nothing stops', async () => {
    await createStop({
      services: new Map([['chat', { stop: never }]]),
      bus: { drain: never },
      database: { close: never },
      health: { stop: never },
      telemetry: { stop: never },
      logger: parts().logger,
      clock,
    })(10_000);
    expect(clock.slept.slice(0, 3).reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(13_000);
    expect(lines.map(({ part }) => part)).toEqual(['chat', 'bus', 'database', 'telemetry', 'health']);
  });
});
