import { eventually } from '../support/eventually.ts';
import { forEachAtOnce } from './at-once.ts';
import { listDomains } from './domains.ts';
import { madeFor } from './made-for.ts';
import { tallyOf } from './tally.ts';
import type { World } from './world/world.ts';

/** Registrations by clients that go on until they are accepted, or leave after `patienceMs`. */
export interface Registrations {
  readonly sent: string[];
  readonly acknowledged: Set<string>;
  /** Registers `count` more domains, `everyMs` after one another; resolves when no client waits any more. */
  readonly send: (count: number, everyMs: number) => Promise<void>;
}

const clientsAtOnce = 64;
const patienceMs = 120_000;

export const createRegistrations = ({ client }: World, prefix: string): Registrations => {
  const sent: string[] = [];
  const acknowledged = new Set<string>();
  return {
    sent,
    acknowledged,
    send: async (count, everyMs) => {
      const names = Array.from({ length: count }, (_, index) => `${prefix}-${sent.length + index + 1}.example`);
      sent.push(...names);
      const startedAt = performance.now();
      await forEachAtOnce(names, clientsAtOnce, async (name) => {
        const waitMs = startedAt + names.indexOf(name) * everyMs - performance.now();
        if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
        const { reply } = await client.asAdmin('/register-domain', {
          body: { domain_name: name },
          idempotencyKey: `register-${name}`,
          patienceMs,
        });
        if (reply === undefined) return;
        if (reply.status !== 200) throw new Error(`${name} was refused: ${reply.status} ${reply.text}`);
        acknowledged.add(name);
      });
    },
  };
};

/** Waits until every registered domain has its running agent and its base, at most so long. */
export const untilAllReady = async (world: World, withinMs: number): Promise<void> => {
  // Too late is judged by the figures, with what is missing.
  await eventually(async () => (await listDomains(world)).every(({ ready }) => ready), withinMs).catch(() => undefined);
};

/** What became of them, by the cloud's record. Those that were taught have any number of bases. */
export const judge = async (
  world: World,
  { sent, acknowledged }: Pick<Registrations, 'sent' | 'acknowledged'>,
  taught: readonly string[] = [],
) => {
  const effects = await world.emulators.gradient.effects();
  const domains = await listDomains(world);
  const done = new Map(
    domains.map((domain) => {
      const { agents, bases, keys } = madeFor(effects, domain);
      const alive = [agents.alive, bases.alive, keys.alive];
      const most = taught.includes(domain.name) ? Math.max(agents.alive, keys.alive) : Math.max(...alive);
      return [domain.name, domain.ready && Math.min(...alive) > 0 ? most : 0] as const;
    }),
  );
  return { ...tallyOf({ sent, acknowledged, done }), unfinished: domains.filter(({ ready }) => !ready).length };
};
