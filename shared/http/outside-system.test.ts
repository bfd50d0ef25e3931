import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Failure } from '../errors/failure.ts';
import { systemClock } from '../runtime/clock.ts';
import { metrics } from '../telemetry/metrics.ts';
import { heldBack, isHeldBack } from './held-back.ts';
import { createOutsideSystem, type OutsideSystem } from './outside-system.ts';
import { degradedSystems } from './outside-state.ts';
import { wasNeverSent } from './status.ts';

const restMs = 10_000;

let system: OutsideSystem;
beforeEach(() => {
  vi.useFakeTimers();
  const clock = { ...systemClock, sleep: () => Promise.resolve() };
  system = createOutsideSystem({
    name: 'test',
    unavailableCode: 'cloud_unavailable',
    callsMax: 2,
    queueMax: 1,
    restMs,
    clock,
  });
});
afterEach(() => {
  system.close();
  vi.useRealTimers();
});

const answered = (status: number, retryAfterMs?: number) =>
  new Failure('cloud_unavailable', {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    cause: Object.assign(new Error(`answered ${status.toString()}`), { upstreamStatus: status }),
  });
const silence = () => new Failure('cloud_unavailable', { cause: new Error('no answer') });
const fail = (failure: Error, breaker = 'create', signal?: AbortSignal): Promise<unknown> =>
  system.run({ breaker, signal }, () => Promise.reject(failure)).catch((thrown: unknown) => thrown);
const failTimes = async (times: number, failure: Error, breaker = 'create'): Promise<void> => {
  for (let time = 0; time < times; time += 1) await fail(failure, breaker);
};
const works = (breaker = 'create'): Promise<unknown> =>
  system.run({ breaker }, () => Promise.resolve('yes')).catch((thrown: unknown) => thrown);

describe('a breaker', () => {
  test('opens after five failures in a row and then calls nobody', async () => {
    await failTimes(5, silence());
    const held = await works();
    expect(isHeldBack(held)).toBe(true);
    expect(wasNeverSent(held)).toBe(true);
    expect(held).toMatchObject({ code: 'cloud_unavailable' });
    const { retryAfterMs = 0 } = held instanceof Failure ? held : {};
    expect(retryAfterMs).toBeGreaterThanOrEqual(restMs);
    expect(retryAfterMs).toBeLessThanOrEqual(restMs + 1_000);
  });

  test('opens when half of twenty calls within 30 s failed, and forgets older ones', async () => {
    const mixed = async (): Promise<void> => {
      await works();
      await fail(answered(503));
    };
    for (let pair = 0; pair < 9; pair += 1) await mixed();
    vi.advanceTimersByTime(31_000);
    for (let pair = 0; pair < 9; pair += 1) await mixed();
    expect(await works()).toBe('yes');
    await fail(answered(503));
    await fail(answered(503));
    expect(isHeldBack(await works())).toBe(true);
  });

  test.each([400, 401, 404, 409, 422, 429])('takes %i for an answer, not for an outage', async (status) => {
    await failTimes(30, answered(status));
    expect(await works()).toBe('yes');
  });

  test('does not count a caller who left', async () => {
    for (let time = 0; time < 30; time += 1) await fail(silence(), 'create', AbortSignal.abort());
    expect(await works()).toBe('yes');
  });

  test('lets one call look after its rest; a failure rests again, a success opens the way', async () => {
    await failTimes(5, silence());
    vi.advanceTimersByTime(restMs);
    let answer: (value: string) => void = () => undefined;
    const probe = system.run({ breaker: 'create' }, () => new Promise<string>((resolve) => (answer = resolve)));
    expect(isHeldBack(await works())).toBe(true);
    answer('back');
    expect(await probe).toBe('back');
    expect(await works()).toBe('yes');
    await failTimes(5, silence());
    vi.advanceTimersByTime(restMs);
    await fail(silence());
    expect(isHeldBack(await works())).toBe(true);
  });

  test.each([
    ['whose caller left', () => fail(silence(), 'create', AbortSignal.abort())],
    ['that was held back', () => fail(heldBack('cloud_unavailable', 'spent budget', 1_000))],
    ['that broke in our own hands', () => fail(new TypeError('no outage'))],
  ])('stays open after a probe %s, and the next call is the probe', async (_, untold) => {
    await failTimes(5, silence());
    vi.advanceTimersByTime(restMs);
    await untold();
    let sent = 0;
    const dead = (): Promise<unknown> =>
      system
        .run({ breaker: 'create' }, async () => {
          sent += 1;
          throw silence();
        })
        .catch((thrown: unknown) => thrown);
    const [probe, ...others] = await Promise.all([dead(), dead()]);
    expect(isHeldBack(probe)).toBe(false);
    expect(others.every(isHeldBack)).toBe(true);
    for (let time = 0; time < 20; time += 1) expect(isHeldBack(await dead())).toBe(true);
    expect(sent).toBe(1);
  });

  test('does not wait for a probe that hangs, but takes its late answer', async () => {
    await failTimes(5, silence());
    vi.advanceTimersByTime(restMs);
    const probes: ((value: string) => void)[] = [];
    const probe = () => system.run({ breaker: 'create' }, () => new Promise<string>((resolve) => probes.push(resolve)));
    const hung = probe();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(isHeldBack(await works())).toBe(true);
    await vi.advanceTimersByTimeAsync(restMs);
    const second = probe();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(probes).toHaveLength(2);
    probes[0]?.('late');
    expect(await hung).toBe('late');
    expect(await works()).toBe('yes');
    probes[1]?.('later');
    expect(await second).toBe('later');
  });

  test('is one for each operation or endpoint', async () => {
    await failTimes(5, silence(), 'https://hostile.example');
    expect(await works('https://good.example')).toBe('yes');
  });

  test('that was told to wait lets nobody ask before', async () => {
    await fail(answered(429, 5_000));
    expect(isHeldBack(await works())).toBe(true);
    vi.advanceTimersByTime(4_999);
    expect(isHeldBack(await works())).toBe(true);
    vi.advanceTimersByTime(1);
    expect(await works()).toBe('yes');
  });

  test('is told by readiness and metrics while it is open, and no longer', async () => {
    await works('read');
    await failTimes(5, silence());
    expect(degradedSystems()).toEqual(['test (1 of 2)']);
    expect(await metrics.metrics()).toContain('parley_breakers_open{system="test"} 1');
    expect(system.isDegraded()).toBe(true);
    // Without a further call, too: a quiet domain must not look broken for ever.
    vi.advanceTimersByTime(restMs);
    expect(degradedSystems()).toEqual([]);
    expect(system.isDegraded()).toBe(false);
  });
});

describe('a bulkhead', () => {
  test('makes a bounded number wait and refuses the rest at once', async () => {
    const free: (() => void)[] = [];
    const begin = () => system.run({ breaker: 'read' }, () => new Promise<void>((resolve) => free.push(resolve)));
    const running = [begin(), begin(), begin()];
    const refused: unknown = await begin().catch((thrown: unknown) => thrown);
    expect(isHeldBack(refused)).toBe(true);
    expect(free).toHaveLength(2);
    free[0]?.();
    await vi.waitFor(() => expect(free).toHaveLength(3));
    free.forEach((resolve) => resolve());
    await Promise.all(running);
  });
});

describe('a read', () => {
  const read = async (
    failures: readonly Error[],
    isRepeatable = true,
  ): Promise<{ calls: number; outcome: unknown }> => {
    let calls = 0;
    const outcome = system
      .run({ breaker: 'read', isRepeatable }, () => {
        const failure = failures[calls];
        calls += 1;
        return failure === undefined ? Promise.resolve('read') : Promise.reject(failure);
      })
      .catch((thrown: unknown) => thrown);
    await vi.advanceTimersByTimeAsync(5_000);
    return { outcome: await outcome, calls };
  };

  test('that fails is repeated twice at most', async () => {
    expect(await read([silence(), answered(502)])).toEqual({ calls: 3, outcome: 'read' });
    expect(await read([silence(), silence(), silence()])).toMatchObject({ calls: 3 });
  });

  test.each([
    ['was refused', new Failure('cloud_refused', { cause: Object.assign(new Error('404'), { upstreamStatus: 404 }) })],
    ['was told when to come back', answered(503, 5_000)],
    ['was one too many', answered(429)],
  ])('that %s is not repeated', async (_, failure) => {
    expect(await read([failure])).toMatchObject({ calls: 1, outcome: failure });
  });

  test('is repeated for a tenth of all calls only', async () => {
    let calls = 0;
    for (let time = 0; time < 200; time += 1) {
      calls += (await read(time % 3 === 0 ? [answered(502)] : [])).calls;
    }
    expect(calls).toBeLessThanOrEqual(200 + 10 + 20);
    expect(calls).toBeGreaterThan(210);
  });

  test('is, unlike a creation, repeated at all', async () => {
    expect(await read([silence()], false)).toMatchObject({ calls: 1, outcome: { code: 'cloud_unavailable' } });
  });
});
