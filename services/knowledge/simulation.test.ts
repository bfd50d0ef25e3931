import { expect, test } from 'vitest';
import { inEverySchedule } from '../../shared/testing/in-every-schedule.ts';
import type { Schedule } from '../../shared/testing/tape.ts';
import { createSimulatedWorld, disturbedMs, type SimulatedWorld } from './testing/simulated-world.ts';

/** What people and other programs do meanwhile. */
const disturb = ({ tape, store, cloud, after }: SimulatedWorld, domainId: string) => {
  const someMoment = (): number => tape.random() * disturbedMs;
  const uploads = Math.floor(tape.random() * 4);
  for (let upload = 0; upload < uploads; upload += 1) after(someMoment(), () => store.accept(domainId));
  const isRemoved = tape.random() < 0.2;
  if (isRemoved) after(someMoment(), () => store.remove(domainId));
  const isRobbed = tape.random() < 0.3;
  if (isRobbed) after(someMoment(), cloud.lose);
  return { domainId, uploads, isRemoved, isRobbed };
};

const check = (world: SimulatedWorld, fate: ReturnType<typeof disturb>): void => {
  const { store, cloud } = world;
  const documents = [...store.documents.values()].filter(({ domainId }) => domainId === fate.domainId);
  const bases = [...store.bases.values()].filter(({ domainId }) => domainId === fate.domainId);
  if (fate.isRemoved) {
    expect([...bases, ...documents], 'a removed domain left something here').toEqual([]);
    return;
  }
  expect(documents.length, 'documents, and the page of our own').toBe(fate.uploads + 1);
  for (const document of documents.filter(({ state }) => state === 'indexed')) {
    const base = store.bases.get(document.baseId ?? '');
    expect(base?.state).toBe('indexed');
    const inCloud = cloud.liveBases().find(({ uuid }) => uuid === base?.kbUuid);
    const source = inCloud?.sources.find(({ storedName }) => storedName === document.storedName);
    expect(source, 'what is called indexed is in the cloud, indexed').toMatchObject({ isIndexed: true, isLost: false });
  }
};

const scenario =
  (options: { readonly settleMs?: number } = {}) =>
  async (schedule: Schedule): Promise<void> => {
    const world = createSimulatedWorld(schedule, options);
    const fates = ['oak', 'elm'].map((domainId) => {
      world.store.register(domainId);
      return disturb(world, domainId);
    });
    expect(await world.untilCalm(), 'every document and base comes to rest').toBe(true);
    expect(world.untrue, 'documents called indexed that the cloud had not indexed').toEqual([]);
    for (const fate of fates) check(world, fate);
    const owned = [...world.store.bases.values()].flatMap(({ kbUuid }) => (kbUuid === null ? [] : [kbUuid]));
    const live = world.cloud.liveBases().map(({ uuid }) => uuid);
    expect([...live].sort(), 'bases in the cloud, each of one row').toEqual([...owned].sort());
    const isPeaceful = fates.every(({ isRemoved, isRobbed }) => !isRemoved && !isRobbed);
    if (isPeaceful) expect(world.cloud.databases.size, 'clusters to pay for').toBe(1);
  };

test('under every schedule of crashes, pauses and a lying network, each document ends indexed once or failed', async () => {
  await inEverySchedule({ runs: 1_000, lengthMax: 600 }, scenario());
}, 180_000);

// The simulation has teeth: without the settle window an answer that was lost is a base too many.
test('without the settle window the promise is broken', async () => {
  await expect(inEverySchedule({ runs: 500, lengthMax: 600 }, scenario({ settleMs: 0 }))).rejects.toThrow(
    /SIMULATION_REPLAY/,
  );
}, 180_000);
