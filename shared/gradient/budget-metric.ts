import { Gauge } from 'prom-client';
import { metrics } from '../telemetry/metrics.ts';

const budgetLeft = new Gauge({
  name: 'parley_cloud_budget_left',
  help: "Calls left of the cloud's rate limits as all processes share them, by window (minute, hour)",
  labelNames: ['window'] as const,
  registers: [metrics],
});

/** Notes what was left at this process's latest call. */
export const tellBudget = ({ minute, hour }: { readonly minute: number; readonly hour: number }): void => {
  budgetLeft.set({ window: 'minute' }, Math.max(0, minute));
  budgetLeft.set({ window: 'hour' }, Math.max(0, hour));
};
