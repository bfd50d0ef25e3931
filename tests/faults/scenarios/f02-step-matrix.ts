import { eventually } from '../../support/eventually.ts';
import { listDomains, type DomainRow } from '../domains.ts';
import { madeFor, type MadeForDomain } from '../made-for.ts';
import type { Random } from '../random.ts';
import type { Run, Scenario } from '../scenario.ts';
import { tallyOf } from '../tally.ts';
import type { World, WorldSettings } from '../world/world.ts';

/** Whatever the moment of a death, the domain gets ready, and each thing was made in the cloud by one request. */
export const stepMatrix: Scenario = {
  name: 'F2',
  title: 'a process killed exactly before and after every call to the cloud and every commit of a registration',
  isInCi: true,
  sizes: { full: 28, quick: 28 },
  limitMs: { full: 600_000, quick: 420_000 },
  figures: [
    { name: 'lost', atMost: 0 },
    { name: 'duplicate', atMost: 0 },
    { name: 'unexpected', atMost: 0 },
    { name: 'made_too_often', atMost: 0 },
    { name: 'not_killed', atMost: 0 },
    { name: 'violations', atMost: 0 },
  ],
  run: async (run) => {
    const world = await run.openWorld(settings);
    const cells = chosen(run.random.fork('cells'), run.n);
    const results: CellResult[] = [];
    for (const cell of cells) results.push(await tryCell(run, world, cell));
    const sent = cells.map(({ domain }) => domain);
    const done = new Map(results.map(({ cell, domain, made }) => [cell.domain, timesDone(domain, made)]));
    return {
      kills: { failpoints: results.filter(({ wasKilled }) => wasKilled).length },
      ...tallyOf({ sent, acknowledged: new Set(sent), done }),
      made_too_often: results.reduce((sum, result) => sum + madeTooOften(result), 0),
      keys_remade: results.filter(({ made }) => made.keys.made > 1).length,
      not_killed: results.filter(({ wasKilled }) => !wasKilled).length,
      slowest_ms: Math.max(...results.map(({ tookMs }) => tookMs)),
      violations: (await world.emulators.gradient.violations()).length,
    };
  },
};

const settings: WorldSettings = {
  cloud: { deployMs: 100, databaseMs: 50, indexMs: 50 },
  env: {
    // A lease is three times a call's time; the settle window is twice that time.
    GRADIENT_CALL_TIMEOUT_MS: '1000',
    GRADIENT_SETTLE_MS: '2000',
    PROVISIONING_POLL_MIN_MS: '50',
    PROVISIONING_POLL_MAX_MS: '500',
    KNOWLEDGE_LEASE_MS: '3000',
    KNOWLEDGE_POLL_MIN_MS: '50',
    KNOWLEDGE_POLL_MAX_MS: '500',
  },
};

interface Cell {
  readonly service: 'provisioning' | 'knowledge';
  readonly failpoint: string;
  /** The domain that meets it. */
  readonly domain: string;
}

/** Around a step's call to the cloud and around the commit of what came of it. */
const creating = ['before_call', 'after_call', 'before_commit', 'after_commit'];
const looking = ['before_step', 'after_step', 'before_commit', 'after_commit'];
const matrix = [
  { service: 'provisioning', step: 'creating_agent', points: creating },
  { service: 'provisioning', step: 'configuring_agent', points: looking },
  { service: 'provisioning', step: 'creating_key', points: creating },
  { service: 'provisioning', step: 'waiting_running', points: looking },
  { service: 'provisioning', step: 'attaching', points: creating },
  { service: 'knowledge', step: 'creating', points: creating },
  {
    service: 'knowledge',
    step: 'indexing',
    points: ['before_step', 'after_calls', 'before_commit', 'after_commit'],
  },
] as const;

const chosen = (random: Random, n: number): readonly Cell[] => {
  const cells = matrix.flatMap(({ service, step, points }) =>
    points.map((point) => ({
      service,
      failpoint: `${service}.${step}.${point}`,
      domain: `f2-${step}-${point}.example`.replaceAll('_', '-'),
    })),
  );
  const left = [...cells];
  // Fewer than all: which ones is for the seed to say.
  while (left.length > n) left.splice(random.between(0, left.length - 1), 1);
  return left;
};

interface CellResult {
  readonly cell: Cell;
  readonly domain: DomainRow | undefined;
  readonly made: MadeForDomain;
  readonly wasKilled: boolean;
  readonly tookMs: number;
}

const killedMsMax = 20_000;
const readyMsMax = 60_000;

/** Arms the failpoint in a new process, registers a domain, and waits for the death and for what came of it. */
const tryCell = async ({ say }: Run, world: World, cell: Cell): Promise<CellResult> => {
  const [victim] = world.of(cell.service);
  if (victim === undefined) throw new Error(`there is no ${cell.service}`);
  const before = victim.starts();
  victim.setNext({ FAILPOINTS: `${cell.failpoint}=kill:1` });
  victim.kill();
  await eventually(() => victim.starts() > before, 10_000);
  await victim.untilReady();
  const armed = victim.starts();
  const startedAt = performance.now();
  const { reply } = await world.client.asAdmin('/register-domain', {
    body: { domain_name: cell.domain },
    idempotencyKey: cell.domain,
    patienceMs: 30_000,
  });
  if (reply?.status !== 200) throw new Error(`${cell.domain} was refused: ${reply?.text ?? 'no answer'}`);
  const find = async (): Promise<DomainRow | undefined> =>
    (await listDomains(world)).find(({ name }) => name === cell.domain);
  const wasKilled = await happens(() => victim.starts() > armed, killedMsMax);
  await happens(async () => (await find())?.ready, readyMsMax);
  const tookMs = Math.round(performance.now() - startedAt);
  const domain = await find();
  const made = madeFor(await world.emulators.gradient.effects(), domain ?? { id: '?', website_key: '?' });
  const state = domain === undefined ? 'missing' : domain.ready ? 'ready' : domain.state;
  say(`${cell.failpoint}: ${wasKilled ? 'killed' : 'NOT KILLED'}, ${state} after ${tookMs} ms`);
  return { cell, domain, made, wasKilled, tookMs };
};

const happens = (look: () => Promise<boolean | undefined> | boolean, withinMs: number): Promise<boolean> =>
  eventually(look, withinMs).catch(() => false);

const timesDone = (domain: DomainRow | undefined, { agents, bases, keys }: MadeForDomain): number => {
  const alive = [agents.alive, bases.alive, keys.alive];
  return domain?.ready === true && Math.min(...alive) > 0 ? Math.max(...alive) : 0;
};

/** A key's secret is shown once: one whose maker died before it was stored is of no use, and is deleted and made anew. */
const madeTooOften = ({ cell, made: { agents, bases, keys } }: CellResult): number => {
  const isKeyLost = ['creating_key.after_call', 'creating_key.before_commit'].some((end) =>
    cell.failpoint.endsWith(end),
  );
  const excess = [agents.made - 1, bases.made - 1, keys.made - (isKeyLost ? 2 : 1)];
  return excess.reduce((sum, each) => sum + Math.max(0, each), 0);
};
