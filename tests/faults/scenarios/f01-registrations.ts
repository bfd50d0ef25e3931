import { setTimeout as sleep } from 'node:timers/promises';
import { hostileWeather } from '../../../infra/emulators/support/hostile-weather.ts';
import { eventually } from '../../support/eventually.ts';
import { forEachAtOnce } from '../at-once.ts';
import { listDomains } from '../domains.ts';
import { startKilling, type Killing } from '../killing.ts';
import { madeFor, sumOf } from '../made-for.ts';
import { percentile } from '../percentile.ts';
import type { Run, Scenario } from '../scenario.ts';
import { tallyOf } from '../tally.ts';
import type { World, WorldSettings } from '../world/world.ts';

/** Nothing of a registration is lost and nothing in the cloud is made twice, whatever dies meanwhile. */
export const registrations: Scenario = {
  name: 'F1',
  title: 'registrations while services, NATS and PostgreSQL are killed, against a hostile cloud',
  isInCi: true,
  sizes: { full: 1_000, quick: 200 },
  limitMs: { full: 900_000, quick: 300_000 },
  figures: [
    { name: 'lost', atMost: 0 },
    { name: 'duplicate', atMost: 0 },
    { name: 'unexpected', atMost: 0 },
    { name: 'crashes', atMost: 0 },
    { name: 'duplicate_agents', atMost: 0 },
    { name: 'duplicate_bases', atMost: 0 },
    { name: 'duplicate_keys', atMost: 0 },
    { name: 'ownerless_agents', atMost: 0 },
    { name: 'violations', atMost: 0 },
    { name: 'ready_seconds', atMost: 180, isOfFullRuns: true },
  ],
  run: async (run) => {
    const world = await run.openWorld(settings);
    await world.emulators.gradient.set({ list_stale_ms: 300 });
    await world.emulators.gradient.weather(
      hostileWeather({ seed: run.random.fork('weather').between(1, 2 ** 31), slowMs: 2 * callTimeoutMs }),
    );
    await openInstallation(world);
    const startedAt = performance.now();
    const killing = startKilling(world, run.random.fork('victims'), { everyMs: 2_000, natsEach: 6, postgresEach: 9 });
    const clients = await register(run, world);
    const readySeconds = await untilAllReady(run, world, killing, startedAt);
    await killing.stop();
    return { kills: killing.counts(), ...(await verdict(world, clients)), ready_seconds: readySeconds };
  },
};

const callTimeoutMs = 1_500;

const settings: WorldSettings = {
  replicas: { gateway: 2, provisioning: 2, knowledge: 2 },
  env: {
    GRADIENT_CALL_TIMEOUT_MS: String(callTimeoutMs),
    // Longer than the call's time, the emulator's longest delay and its lists' lag together.
    GRADIENT_SETTLE_MS: '6000',
    PROVISIONING_POLL_MIN_MS: '100',
    PROVISIONING_POLL_MAX_MS: '1000',
    PROVISIONING_RETRY_CAP_MS: '4000',
    // As provisioning's, which is three times a call's time.
    KNOWLEDGE_LEASE_MS: String(3 * callTimeoutMs),
    KNOWLEDGE_POLL_MIN_MS: '100',
    KNOWLEDGE_POLL_MAX_MS: '1000',
  },
};

/** The very first base waits alone for its database cluster, which then serves all: an installation has it already. */
const openInstallation = async (world: World): Promise<void> => {
  const { reply } = await world.client.asAdmin('/register-domain', { body: { domain_name: firstName }, patienceMs });
  if (reply?.status !== 200) throw new Error(`${firstName} was refused: ${reply?.text ?? 'no answer'}`);
  await eventually(async () => (await listDomains(world)).every(({ ready }) => ready), patienceMs);
};

const firstName = 'f1-first.example';
const clientsAtOnce = 16;
const patienceMs = 120_000;
/** So many clients in a hundred leave at the first answer that is none, and never learn what became of it. */
const impatientShare = 0.1;

interface Clients {
  readonly sent: readonly string[];
  readonly acknowledged: ReadonlySet<string>;
  readonly retries: number;
  readonly acceptedMs: readonly number[];
}

const register = async ({ n, random, say }: Run, { client }: World): Promise<Clients> => {
  const sent = Array.from({ length: n }, (_, index) => `f1-${index + 1}.example`);
  const impatient = random.fork('patience');
  const patience = new Map(sent.map((name) => [name, impatient.chance(impatientShare) ? 0 : patienceMs]));
  const acknowledged = new Set<string>();
  const acceptedMs: number[] = [];
  let retries = 0;
  await forEachAtOnce(sent, clientsAtOnce, async (name) => {
    const startedAt = performance.now();
    const { reply, attempts } = await client.asAdmin('/register-domain', {
      body: { domain_name: name },
      idempotencyKey: `register-${name}`,
      patienceMs: patience.get(name) ?? 0,
    });
    retries += attempts - 1;
    if (reply === undefined) return;
    if (reply.status !== 200) throw new Error(`${name} was refused: ${reply.status} ${reply.text}`);
    acknowledged.add(name);
    acceptedMs.push(performance.now() - startedAt);
  });
  say(`${acknowledged.size} of ${n} accepted, ${retries} retries`);
  return { sent: [firstName, ...sent], acknowledged: acknowledged.add(firstName), retries, acceptedMs };
};

const readyMsMax = 600_000;

/** Waits until nothing is on its way any more; tells how long that took since the start. */
const untilAllReady = async (run: Run, world: World, killing: Killing, startedAt: number): Promise<number> => {
  let said = 0;
  for (;;) {
    const domains = await listDomains(world);
    const ready = domains.filter((domain) => domain.ready).length;
    const seconds = (performance.now() - startedAt) / 1000;
    if (ready === domains.length || seconds * 1000 > readyMsMax) return Math.round(seconds);
    if (seconds - said > 10) {
      said = seconds;
      run.say(`${ready} of ${domains.length} ready, killed ${JSON.stringify(killing.counts())}`);
    }
    await sleep(500);
  }
};

/** Compares what the clients were told with what the cloud says that was made. */
const verdict = async (world: World, { sent, acknowledged, retries, acceptedMs }: Clients) => {
  const domains = await listDomains(world);
  const effects = await world.emulators.gradient.effects();
  const found = domains.map((domain) => ({ ...domain, ...madeFor(effects, domain) }));
  const done = new Map(
    found.map(({ name, ready, agents, bases, keys }) => {
      const counts = [agents.alive, bases.alive, keys.alive];
      return [name, ready && Math.min(...counts) > 0 ? Math.max(...counts) : 0] as const;
    }),
  );
  const excess = (kind: 'agents' | 'bases' | 'keys'): number => found.filter((each) => each[kind].alive > 1).length;
  const keys = sumOf(effects['agent_keys']);
  return {
    ...tallyOf({ sent, acknowledged, done }),
    duplicate_agents: excess('agents'),
    duplicate_bases: excess('bases'),
    duplicate_keys: excess('keys'),
    ownerless_agents: sumOf(effects['agents']).alive - found.reduce((sum, { agents }) => sum + agents.alive, 0),
    keys_revoked: keys.made - keys.alive,
    unfinished: found.filter(({ ready }) => !ready).length,
    retries,
    accepted_p99_ms: Math.round(percentile(acceptedMs, 0.99)),
    crashes: world.crashes().length,
    violations: (await world.emulators.gradient.violations()).length,
  };
};
