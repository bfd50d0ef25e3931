import { z } from 'zod';
import { isMet, matchSchema, misfortuneSchema, type Meeting, type Misfortune } from './faults.ts';

/** Faults that happen to a share of all requests, as a seed draws them. */
export const weatherSchema = z
  .strictObject({
    seed: z.number().int().min(0).max(0xff_ff_ff_ff).default(1),
    faults: z
      .array(misfortuneSchema.extend({ share: z.number().min(0).max(1), match: matchSchema.default({}) }))
      .max(100)
      .default([]),
  })
  .refine(({ faults }) => faults.reduce((sum, { share }) => sum + share, 0) <= 1, 'the shares are more than one');
type Forecast = z.infer<typeof weatherSchema>;

/** Weather lasts until it is changed; each request draws once, so shares of the same match add up. */
export interface Weather {
  change: (forecast: Forecast) => void;
  draw: (request: Meeting) => Misfortune | undefined;
  /** The forecast, and how often each of its faults has happened. */
  report: () => unknown;
}

const fair: Forecast = { seed: 1, faults: [] };

export const createWeather = (): Weather => {
  let forecast = fair;
  let random = randomFrom(fair.seed);
  let happened: number[] = [];
  return {
    change: (next) => {
      forecast = next;
      random = randomFrom(next.seed);
      happened = next.faults.map(() => 0);
    },
    draw: (request) => {
      if (forecast.faults.length === 0) return undefined;
      let left = random();
      const index = forecast.faults.findIndex(({ match, share }) => {
        if (!isMet(match, request)) return false;
        left -= share;
        return left < 0;
      });
      if (index !== -1) happened[index] = (happened[index] ?? 0) + 1;
      return forecast.faults[index];
    },
    report: () => ({ ...forecast, faults: forecast.faults.map((fault, at) => ({ ...fault, happened: happened[at] })) }),
  };
};

/** Mulberry32: numbers from 0 to below 1, the same ones for the same seed. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};
