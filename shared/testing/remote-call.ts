import type { SimulatedProcess, Simulation } from './simulation.ts';

/** How a call over the network can end; the first is the harmless one. */
const fates = ['answered', 'lost_before', 'lost_after', 'busy', 'broken', 'hangs', 'late'] as const;
/** What the caller sees of a call that was not answered. */
export type Loss = 'reset' | 'timeout' | 'busy' | 'broken';

export interface RemoteCall<T> {
  /** What the call does at the other side; may throw what that side answers. */
  readonly effect: () => T;
  /** When the caller gives up. */
  readonly timeoutMs: number;
  /** How long after the call a request that was held up may still take effect; more than `timeoutMs`. */
  readonly latestMs: number;
  /** Of this many calls about one goes wrong while the tape lasts. */
  readonly oneIn: number;
  readonly failureOf: (loss: Loss) => Error;
}

/** A call from a process to a part of the world that can go wrong before, at and after its effect, and take effect late. */
export const callRemote = <T>(world: Simulation, process: SimulatedProcess, call: RemoteCall<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const { tape } = world;
    const travelMs = 1 + Math.floor(tape.random() * 40);
    const fails = (ms: number, loss: Loss): void => process.after(ms, () => reject(call.failureOf(loss)));
    const takesEffect = (ms: number, then: (answer: () => void) => void): void =>
      world.after(ms, () => {
        try {
          const value = call.effect();
          then(() => resolve(value));
        } catch (thrown) {
          then(() => reject(thrown instanceof Error ? thrown : new Error(String(thrown))));
        }
      });
    const fate = (tape.pick(call.oneIn) === 1 ? fates[tape.pick(fates.length)] : undefined) ?? 'answered';
    switch (fate) {
      case 'answered': {
        takesEffect(travelMs, (answer) => process.after(travelMs, answer));
        return;
      }
      case 'lost_before': {
        fails(travelMs, 'reset');
        return;
      }
      case 'busy': {
        fails(travelMs, 'busy');
        return;
      }
      case 'broken': {
        fails(travelMs, 'broken');
        return;
      }
      case 'hangs': {
        fails(call.timeoutMs, 'timeout');
        return;
      }
      case 'lost_after':
        takesEffect(travelMs, () => undefined);
        {
          fails(2 * travelMs, 'reset');
          return;
        }
      case 'late':
        takesEffect(1 + (tape.pick(1_000) / 1_000) * (call.latestMs - 1), () => undefined);
        {
          fails(call.timeoutMs, 'timeout');
          return;
        }
    }
  });
