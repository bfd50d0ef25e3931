import { createApi } from '../../support/api.ts';
import type { Scenario } from '../scenario.ts';
import { openVisitors, timeOf } from '../visitors.ts';

/** Five times as many questions as can be answered: those that are answered are as many and as quick as before. */
export const overload: Scenario = {
  name: 'F11',
  title: 'questions at five times of what can be answered, for a minute',
  isInCi: false,
  sizes: { full: 5, quick: 5 },
  limitMs: { full: 240_000, quick: 120_000 },
  figures: [
    { name: 'goodput_share', atLeast: 0.8 },
    { name: 'other_answers', atMost: 0 },
    { name: 'refused_p99_ms', atMost: 50, isOfFullRuns: true },
    { name: 'p99_ratio', atMost: 2, isOfFullRuns: true },
    { name: 'crashes', atMost: 0 },
  ],
  run: async ({ n: times, isQuick, openWorld, say }) => {
    // An agent takes its time, so what can be answered is decided by the places for answers and not by this machine.
    const world = await openWorld({
      env: { ASK_CONCURRENCY_MAX: String(places), ASK_DOMAIN_CONCURRENCY_MAX: String(places) },
      cloud: { tokenMs: 20 },
    });
    const url = world.client.url();
    const site = await createApi(url).register('f11.example');
    await site.untilState('ready');
    const visitors = await openVisitors(url, site, 400);
    await visitors.inLanes(places, 3_000);

    const peakMs = isQuick ? 5_000 : 15_000;
    const peak = await visitors.inLanes(places, peakMs);
    const peakPerSecond = (1000 * peak.filter(({ status }) => isAnswer(status)).length) / peakMs;
    say(`at its peak ${peakPerSecond.toFixed(1)} answers a second, p99 ${timeOf(peak, 0.99, isAnswer)} ms`);

    const overMs = isQuick ? 10_000 : 60_000;
    const over = await visitors.atPace(times * peakPerSecond, overMs);
    visitors.leave();
    const answered = over.filter(({ status }) => isAnswer(status)).length;
    return {
      kills: {},
      ok: answered,
      lost: 0,
      duplicate: 0,
      recovered: 0,
      unexpected: 0,
      peak_per_second: rounded(peakPerSecond),
      goodput_share: rounded((1000 * answered) / overMs / peakPerSecond),
      refused: over.filter(({ status }) => isRefusal(status)).length,
      other_answers: over.filter(({ status }) => !isAnswer(status) && !isRefusal(status)).length,
      refused_p50_ms: timeOf(over, 0.5, isRefusal),
      refused_p99_ms: timeOf(over, 0.99, isRefusal),
      p99_ms: timeOf(over, 0.99, isAnswer),
      p99_ratio: rounded(timeOf(over, 0.99, isAnswer) / timeOf(peak, 0.99, isAnswer)),
      crashes: world.crashes().length,
    };
  },
};

const places = 8;

const isAnswer = (status: number): boolean => status === 200;
const isRefusal = (status: number): boolean => status === 429 || status === 503;
const rounded = (value: number): number => Math.round(value * 100) / 100;
