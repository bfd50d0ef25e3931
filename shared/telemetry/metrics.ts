import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Every metric of a process, in Prometheus text at `/metrics`. Names and labels are listed in docs/operations.md. */
export const metrics = new Registry();

const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export const httpRequestSeconds = new Histogram({
  name: 'parley_http_request_seconds',
  help: 'Time to answer an HTTP request, by route and status',
  labelNames: ['method', 'route', 'status'] as const,
  buckets: secondsBuckets,
  registers: [metrics],
});

export const messageSeconds = new Histogram({
  name: 'parley_message_seconds',
  help: 'Time to handle a bus message, by subject and outcome (ok, a failure code)',
  labelNames: ['subject', 'outcome'] as const,
  buckets: secondsBuckets,
  registers: [metrics],
});

export const outsideCallSeconds = new Histogram({
  name: 'parley_outside_call_seconds',
  help: 'Time of a call to an outside system, by system and status (an HTTP status, or `none` when there was no answer)',
  labelNames: ['system', 'status'] as const,
  buckets: secondsBuckets,
  registers: [metrics],
});

export const cloudOrphans = new Gauge({
  name: 'parley_cloud_orphans',
  help: 'Things of ours in the cloud that have belonged to nobody for an hour, by kind',
  labelNames: ['kind'] as const,
  registers: [metrics],
});

export const deadLetters = new Counter({
  name: 'parley_dead_letters_total',
  help: 'Messages given up and kept for an operator, by subject',
  labelNames: ['subject'] as const,
  registers: [metrics],
});

export const refusals = new Counter({
  name: 'parley_refusals_total',
  help: 'Work refused at the door, by reason: a gauge past its maximum, or a limit reached',
  labelNames: ['reason'] as const,
  registers: [metrics],
});

/** A gauge by owner that is asked for at each scrape; one that cannot be had keeps its last value. */
const askedGauge = (name: string, help: string) => {
  const sources = new Map<string, () => Promise<number>>();
  metrics.registerMetric(
    new Gauge({
      name,
      help,
      labelNames: ['owner'] as const,
      registers: [],
      async collect() {
        for (const [owner, ask] of sources) {
          const value = await ask().catch(() => undefined);
          if (value !== undefined) this.set({ owner }, value);
        }
      },
    }),
  );
  return (owner: string, ask: () => Promise<number>): void => {
    sources.set(owner, ask);
  };
};

/** Seconds. */
export const watchOutboxAge = askedGauge(
  'parley_outbox_oldest_seconds',
  'Age of the oldest unsent outbox row that is due, by owner; 0 when all are sent',
);

export const watchOutboxUnknown = askedGauge(
  'parley_outbox_unknown',
  'Unsent outbox rows of messages that this version does not know, by owner: a version that was taken back left them',
);

export const watchDeadLetters = askedGauge(
  'parley_dead_letters',
  'Messages given up that wait for an operator to replay or discard them, by owner',
);

let isCollecting = false;

/** Process figures (memory, event loop lag, file descriptors); once a process, however often it is asked. */
export const collectProcessMetrics = (): void => {
  if (isCollecting) return;
  isCollecting = true;
  collectDefaultMetrics({ register: metrics });
};
