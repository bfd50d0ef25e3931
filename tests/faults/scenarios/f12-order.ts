import type { Envelope } from '../../../shared/contracts/message.ts';
import { domainUpdated } from '../../../shared/contracts/provisioning.ts';
import { createApi, type Site } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import { forEachAtOnce } from '../at-once.ts';
import type { Run, Scenario } from '../scenario.ts';
import { tallyOf } from '../tally.ts';
import type { World } from '../world/world.ts';

/** Whoever follows a domain sees its changes in the order in which they were made, whatever fails on the way. */
export const order: Scenario = {
  name: 'F12',
  title: 'updates of 50 sites, one after the other for each, while a tenth of all publishes and handlers fail',
  isInCi: true,
  sizes: { full: 5_000, quick: 500 },
  limitMs: { full: 600_000, quick: 120_000 },
  figures: [
    { name: 'lost', atMost: 0 },
    { name: 'unexpected', atMost: 0 },
    { name: 'told_twice', atMost: 0 },
    { name: 'out_of_order', atMost: 0 },
    { name: 'wrong_settings', atMost: 0 },
    { name: 'failed_handlers', atLeast: 1 },
    { name: 'failed_publishes', atLeast: 1 },
    { name: 'crashes', atMost: 0 },
  ],
  run: async (run) => {
    const world = await run.openWorld({ replicas: { provisioning: 2 }, env: { FAILPOINTS: failpointsOf(run) } });
    const told = await followUpdates(world);
    const sites = await registerSites(world);
    run.say(`${sites.length} sites are registered`);
    const { sent, acknowledged, failedHandlers } = await updateAll(run, world, sites);
    run.say('all updates are made');
    const isAllTold = async (): Promise<boolean> => {
      const [row] = await world.sql<{ unsent: number }>(unsentUpdates, [domainUpdated.subject]);
      return row?.unsent === 0 && new Set(told.map(updateOf)).size >= acknowledged.size;
    };
    await eventually(isAllTold, restMsMax).catch(() => undefined);
    const [failed] = await world.sql<{ publishes: number }>(failedPublishes, [domainUpdated.subject]);
    const once = [...new Map(told.map((envelope) => [envelope.id, envelope])).values()];
    return {
      kills: {},
      ...tallyOf({ sent, acknowledged, done: new Map(once.map((envelope) => [updateOf(envelope), 1])) }),
      told_twice: told.length - once.length,
      out_of_order: countOutOfOrder(told),
      wrong_settings: await countWrong(sites, run.n / sitesN),
      failed_handlers: failedHandlers,
      failed_publishes: failed?.publishes ?? 0,
      crashes: world.crashes().length,
    };
  },
};

const sitesN = 50;
const sitesAtOnce = 8;
const patienceMs = 60_000;
const restMsMax = 60_000;

const failpointsOf = ({ random }: Run): string => {
  const places = ['provisioning.update_domain.before_commit', 'provisioning.relay.publish', 'knowledge.relay.publish'];
  const consumers = ['provisioning.consume.kb_indexed', 'knowledge.consume.domain_registered'];
  return [...places, ...consumers].map((place) => `${place}=throw:10%@${random.between(1, 1_000)}`).join(',');
};

/** What the stream tells of updated domains, in its order, from now on. */
const followUpdates = async (world: World): Promise<readonly Envelope[]> => {
  const bus = await world.openBus('gateway');
  const told: Envelope[] = [];
  const follow = async (): Promise<void> => {
    const events = bus.watch({ owner: 'provisioning', afterSeq: 0, signal: new AbortController().signal });
    for await (const { envelope } of events) if (envelope.name === domainUpdated.name) told.push(envelope);
  };
  // Ends with the bus.
  void follow();
  return told;
};

const registerSites = async ({ client }: World): Promise<readonly Site[]> => {
  const api = createApi(client.url());
  const sites: Site[] = [];
  const names = Array.from({ length: sitesN }, (_, index) => `f12-${index + 1}.example`);
  await forEachAtOnce(names, sitesAtOnce, async (name) => void sites.push(await api.register(name)));
  return sites;
};

/** Several sites at a time; for each a client that sends the next update when the last one is answered. */
const updateAll = async ({ n }: Run, { client }: World, sites: readonly Site[]) => {
  const sent: string[] = [];
  const acknowledged = new Set<string>();
  let failedHandlers = 0;
  await forEachAtOnce(sites, sitesAtOnce, async ({ domainId, apiKey }) => {
    for (let update = 1; update <= n / sitesN; update += 1) {
      const id = `${domainId}.${update}`;
      sent.push(id);
      const { reply, attempts } = await client.ask(`/domains/${domainId}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${apiKey}`, 'x-request-id': id },
        body: { widget: { title: titleOf(update) } },
        patienceMs,
      });
      failedHandlers += attempts - 1;
      if (reply?.status !== 200) throw new Error(`${id} was refused: ${reply?.status ?? 0} ${reply?.text ?? ''}`);
      acknowledged.add(id);
    }
  });
  return { sent, acknowledged, failedHandlers };
};

const titleOf = (update: number): string => `Update ${update}`;

// An event carries the id of the request that caused it.
const updateOf = ({ correlation_id }: Envelope): string => correlation_id;

const unsentUpdates = `select count(*)::int as unsent from outbox where subject = $1 and sent_at is null`;
const failedPublishes = `select coalesce(sum(attempts), 0)::int as publishes from outbox where subject = $1`;

/** Updates that were told behind a later one of the same site. */
const countOutOfOrder = (told: readonly Envelope[]): number => {
  const last = new Map<string, number>();
  return told.filter((envelope) => {
    const update = Number(updateOf(envelope).split('.')[1]);
    const before = last.get(envelope.domain_id) ?? 0;
    last.set(envelope.domain_id, Math.max(before, update));
    return update < before;
  }).length;
};

const countWrong = async (sites: readonly Site[], updates: number): Promise<number> => {
  const domains = await Promise.all(sites.map((site) => site.domain()));
  return domains.filter(({ settings }) => settings.widget?.title !== titleOf(updates)).length;
};
