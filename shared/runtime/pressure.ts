import { Failure } from '../errors/failure.ts';
import { refusals } from '../telemetry/metrics.ts';
import type { Clock } from './clock.ts';

/** A figure that tells how much this process has to bear. */
export interface Gauge {
  /** For the log and the metric: `event_loop`, `database`. */
  readonly name: string;
  readonly value: () => number;
  /** Past it new work is refused. */
  readonly max: number;
}

/** What decides early, before anything is spent on it, that new work is one too many. */
export interface Pressure {
  readonly watch: (gauge: Gauge) => void;
  /**
   * Throws `overloaded` while a gauge is past its `share` (of 1) of the maximum: who takes a smaller share is refused
   * earlier and so leaves room for what matters more.
   */
  readonly admit: (share?: number) => void;
}

export const createPressure = (clock: Pick<Clock, 'random'>): Pressure => {
  const gauges: Gauge[] = [];
  return {
    watch: (gauge) => void gauges.push(gauge),
    admit: (share = 1) => {
      const over = gauges.find(({ value, max }) => value() > max * share);
      if (over === undefined) return;
      refusals.inc({ reason: over.name });
      throw new Failure('overloaded', { retryAfterMs: scatteredRetryMs(clock) });
    },
  };
};

/** 1 to 5 s, whole: who was refused together must not come back together. */
export const scatteredRetryMs = (clock: Pick<Clock, 'random'>): number => 1_000 * (1 + Math.floor(5 * clock.random()));
