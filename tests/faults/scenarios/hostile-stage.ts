import { createApi, type Site } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import { watchBreakers } from '../breakers.ts';
import { listDomains } from '../domains.ts';
import { createRegistrations, type Registrations } from '../registrations.ts';
import { openVisitors, type Asked, type Visitors } from '../visitors.ts';
import type { World } from '../world/world.ts';
import type { HostileMode } from './hostile-modes.ts';

const othersTotal = 2;
const sessionsOfSite = 40;
const perSecond = 6;
const victimLanes = 4;
const systems = ['provisioning:cloud', 'knowledge:cloud', 'agent'];

/** Websites that are ready: the one whose agent turns hostile, and others. All have visitors. */
export interface Stage {
  readonly world: World;
  /** Of each kind, in each round. */
  readonly perRound: number;
  readonly victim: Site;
  readonly others: readonly Site[];
  readonly ofVictim: Visitors;
  readonly ofOthers: readonly Visitors[];
  readonly registrations: Registrations;
  /** Ids of jobs. */
  readonly uploads: string[];
}

export const openStage = async (world: World, perRound: number): Promise<Stage> => {
  const url = world.client.url();
  const names = ['f6-victim.example', ...Array.from({ length: othersTotal }, (_, index) => `f6-${index + 1}.example`)];
  const sites = await Promise.all(names.map((name) => openSite(url, name)));
  const [victim, ...others] = sites;
  if (victim === undefined) throw new Error('no sites');
  const [ofVictim, ...ofOthers] = await Promise.all(sites.map((site) => openVisitors(url, site, sessionsOfSite)));
  if (ofVictim === undefined) throw new Error('no visitors');
  const registrations = createRegistrations(world, 'f6-new');
  return { world, perRound, victim, others, ofVictim, ofOthers, registrations, uploads: [] };
};

const openSite = async (url: string, name: string): Promise<Site> => {
  const site = await createApi(url).register(name);
  await site.untilState('ready', 60_000);
  await site.teach('hours.md', '# Delivery\n\nShipping takes two days, and three in winter.');
  return site;
};

export interface Round {
  readonly others: readonly Asked[];
  readonly ofVictim: readonly Asked[];
  /** By system, until its breaker was seen open. */
  readonly openedMs: ReadonlyMap<string, number>;
  /** Systems whose breaker had to open and did not. */
  readonly neverOpened: readonly string[];
  /** What was done although the cloud took nothing. */
  readonly doneTooEarly: number;
}

/** The same work and the same questions each time, while the outside is so, or well. */
export const playRound = async (stage: Stage, mode: HostileMode | undefined, ms: number): Promise<Round> => {
  const { world, registrations, uploads } = stage;
  const known = { names: registrations.sent.length, uploads: uploads.length };
  if (mode !== undefined) await beHostile(stage, mode);
  const breakers = watchBreakers([...world.of('provisioning'), ...world.of('knowledge'), ...world.of('chat')], systems);
  const [ofVictim, ...others] = await Promise.all([
    stage.ofVictim.inLanes(victimLanes, ms),
    ...stage.ofOthers.map((visitors) => visitors.atPace(perSecond, ms)),
    giveWork(stage).then(() => []),
  ]);
  const openedMs = await breakers.stop();
  const mine = { names: registrations.sent.slice(known.names), uploads: uploads.slice(known.uploads) };
  const isCloudHostile = mode !== undefined && mode.happensTo !== 'agent';
  const doneTooEarly = isCloudHostile ? await countDone(world, mine) : 0;
  await world.emulators.gradient.clearFaults();
  return {
    others: others.flat(),
    ofVictim,
    openedMs,
    neverOpened: mode === undefined ? [] : mustOpen(mode).filter((system) => !openedMs.has(system)),
    doneTooEarly,
  };
};

const recoveredMsMax = 60_000;

/** Milliseconds until all that waited is done and the victim's visitors hear their agent. */
export const recover = async ({ world, registrations, uploads, victim }: Stage): Promise<number> => {
  const startedAt = performance.now();
  const all = { names: registrations.sent, uploads };
  await eventually(async () => {
    const isDone = (await countDone(world, all)) === all.names.length + uploads.length;
    return isDone && (await hearsItsAgent(victim));
  }, recoveredMsMax).catch(() => undefined);
  return Math.round(performance.now() - startedAt);
};

const forEver = 1_000_000_000;

const beHostile = async ({ world, victim }: Stage, { fault, happensTo }: HostileMode): Promise<void> => {
  const { gradient } = world.emulators;
  const name_includes = victim.domainId.replaceAll('-', '').slice(0, 12);
  await gradient.fault({ ...fault, times: forEver, match: { path_prefix: '/agent/', name_includes } });
  if (happensTo === 'agent') return;
  await gradient.fault({ ...fault, times: forEver, match: { path_prefix: '/v2/gen-ai' } });
};

const mustOpen = ({ happensTo, opensNo = [] }: HostileMode): readonly string[] => [
  ...(happensTo === 'agent' || opensNo.includes('cloud') ? [] : ['provisioning:cloud', 'knowledge:cloud']),
  ...(opensNo.includes('agent') ? [] : ['agent']),
];

const giveWork = async ({ registrations, uploads, perRound, victim, others }: Stage): Promise<void> => {
  const sites = [victim, ...others];
  const upload = async (index: number): Promise<void> => {
    const site = sites[index % sites.length] ?? victim;
    const number = uploads.length + index;
    const { job_id } = await site.uploadText(`note-${number}.md`, `# Note ${number}\n\nParcel ${number} is blue.`);
    uploads.push(job_id);
  };
  await Promise.all([
    registrations.send(perRound, 0),
    ...Array.from({ length: perRound }, (_, index) => upload(index)),
  ]);
};

export const countDone = async (
  world: World,
  { names, uploads }: { readonly names: readonly string[]; readonly uploads: readonly string[] },
): Promise<number> => {
  const ready = (await listDomains(world)).filter(({ name, ready }) => ready && names.includes(name)).length;
  // From the rows: a client that asked for each of them all the time would be told to wait.
  const [row] = await world.sql<{ total: number }>(
    `select count(*)::int as total from jobs where phase = 'done' and id = any($1::uuid[])`,
    [uploads],
  );
  return ready + (row?.total ?? 0);
};

const hearsItsAgent = async (site: Site): Promise<boolean> => {
  const { session_id } = await site.openSession();
  const { status, body } = await site.sendQuestion('How long does shipping take?', { session_id });
  return status === 200 && !JSON.stringify(body).includes('search_only');
};
