import type { Bus } from '../../bus/port.ts';
import { Failure } from '../../errors/failure.ts';
import { callRemote } from '../../testing/remote-call.ts';
import type { SimulatedProcess, Simulation } from '../../testing/simulation.ts';

const times = { timeoutMs: 5_000, latestMs: 12_000 };
const newsMs = 1_000;

/** What takes messages, and may be away or lose all that it holds. */
export const createSimulatedStream = (world: Simulation) => {
  const listeners: (() => void)[] = [];
  const first = new Set<string>();
  let held = new Set<string>();
  let sinceMs = world.now();
  let isAway = false;
  return {
    /** Ids of all messages ever handed over, in the order of their first time. */
    first: first as ReadonlySet<string>,
    holds: (messageId: string): boolean => held.has(messageId),
    leave: (ms: number): void => {
      isAway = true;
      world.after(ms, () => (isAway = false));
    },
    lose: (): void => {
      held = new Set();
      sinceMs = world.now();
      for (const tell of listeners) tell();
    },
    /** The stream as one process reaches it. */
    for: (process: SimulatedProcess): Pick<Bus, 'health' | 'onStoreBegun' | 'publish'> => ({
      health: () => ({ connected: !isAway, detail: 'simulated' }),
      onStoreBegun: (listener) => {
        const tell = (): void => process.after(world.tape.random() * newsMs, () => listener(sinceMs));
        listeners.push(tell);
        tell();
      },
      publish: (_contract, { id }) =>
        callRemote(world, process, {
          ...times,
          oneIn: 5,
          failureOf,
          effect: () => {
            if (isAway) throw failureOf();
            first.add(id);
            held.add(id);
          },
        }),
    }),
  };
};

const failureOf = (): Failure => new Failure('service_unavailable');
