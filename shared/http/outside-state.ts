import { Gauge } from 'prom-client';
import { metrics } from '../telemetry/metrics.ts';

interface Watched {
  readonly name: string;
  /** Keys of the breakers that are open now. */
  readonly openKeys: () => readonly string[];
  /** Breakers in all. */
  readonly size: () => number;
}

const watched = new Set<Watched>();

metrics.registerMetric(
  new Gauge({
    name: 'parley_breakers_open',
    help: 'Open circuit breakers, by outside system: operations of the cloud, endpoints of agents, keys of Memori',
    labelNames: ['system'] as const,
    registers: [],
    collect() {
      this.reset();
      for (const { name, openKeys } of watched) this.inc({ system: name }, openKeys().length);
    },
  }),
);

/** Has a system's breakers told by `/metrics` and readiness; call the result to end that. */
export const watchOutside = (system: Watched): (() => void) => {
  watched.add(system);
  return () => watched.delete(system);
};

/** Outside systems of this process that are out of order, in words such as `agent (2 of 40)`; only `ofName`, when given. */
export const degradedSystems = (ofName?: string): readonly string[] =>
  [...watched].flatMap(({ name, openKeys, size }) => {
    if (ofName !== undefined && name !== ofName) return [];
    const open = openKeys().length;
    return open === 0 ? [] : [`${name} (${open.toString()} of ${size().toString()})`];
  });
