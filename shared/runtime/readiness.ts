import type { Bus } from '../bus/port.ts';
import type { Database } from '../db/client.ts';
import { degradedSystems } from '../http/outside-state.ts';
import type { Clock } from './clock.ts';

export interface Readiness {
  readonly ready: boolean;
  readonly process: 'running' | 'draining';
  /** `ok`, or what is wrong or worth knowing, in words. */
  readonly bus: string;
  readonly database: string;
  /** Outside systems that are out of order, in words; absent when there are none. They make nothing unready. */
  readonly degraded?: readonly string[];
}

const cacheMs = 1_000;
const databaseTimeoutMs = 500;

/** Whether this process can serve: bus and database answer, and it is not draining. Looked at once a second at the most. */
export const createReadiness = (
  parts: { readonly bus: Bus; readonly database: Database; readonly clock: Clock },
  isDraining: () => boolean,
): (() => Promise<Readiness>) => {
  let known: { readonly at: number; readonly state: Promise<Readiness> } | undefined;
  return async () => {
    const now = parts.clock.now();
    if (known === undefined || now - known.at > cacheMs) known = { at: now, state: look(parts) };
    const state = await known.state;
    return isDraining() ? { ...state, ready: false, process: 'draining' } : state;
  };
};

const look = async ({ bus, database }: { bus: Bus; database: Database }): Promise<Readiness> => {
  const health = bus.health();
  const databaseOk = await database.isReachable(databaseTimeoutMs);
  const degraded = degradedSystems();
  return {
    ready: health.connected && databaseOk,
    process: 'running',
    bus: health.detail,
    database: databaseOk ? 'ok' : 'not reachable',
    ...(degraded.length === 0 ? {} : { degraded }),
  };
};
