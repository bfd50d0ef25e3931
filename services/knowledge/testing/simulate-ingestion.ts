import assert from 'node:assert/strict';
import type { Schedule } from '../../../shared/testing/tape.ts';
import { createSimulatedWorld, disturbedMs, type SimulatedWorld } from './simulated-world.ts';

/** Carries the documents of two domains under `schedule`, and throws unless each ended indexed in one base, or failed. */
export const simulateIngestion = async (
  schedule: Schedule,
  options: { readonly settleMs?: number } = {},
): Promise<void> => {
  const world = createSimulatedWorld(schedule, options);
  const fates = ['oak', 'elm'].map((domainId) => {
    world.store.register(domainId);
    return disturb(world, domainId);
  });
  assert.ok(await world.untilCalm(), 'a document or base does not come to rest');
  assert.deepEqual(world.untrue, [], 'documents called indexed that the cloud had not indexed');
  for (const fate of fates) check(world, fate);
  const owned = [...world.store.bases.values()].flatMap(({ kbUuid }) => (kbUuid === null ? [] : [kbUuid]));
  const live = world.cloud.liveBases().map(({ uuid }) => uuid);
  assert.deepEqual([...live].sort(), [...owned].sort(), 'bases in the cloud, each of one row');
  const isPeaceful = fates.every(({ isRemoved, isRobbed }) => !isRemoved && !isRobbed);
  if (isPeaceful) assert.equal(world.cloud.databases.size, 1, 'clusters to pay for');
};

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
    assert.deepEqual([...bases, ...documents], [], 'a removed domain left something here');
    return;
  }
  assert.equal(documents.length, fate.uploads + 1, 'documents, and the page of our own');
  for (const document of documents.filter(({ state }) => state === 'indexed')) {
    const base = store.bases.get(document.baseId ?? '');
    assert.equal(base?.state, 'indexed', 'the base of a document that is called indexed');
    const inCloud = cloud.liveBases().find(({ uuid }) => uuid === base.kbUuid);
    const source = inCloud?.sources.find(({ storedName }) => storedName === document.storedName);
    assert.ok(source?.isIndexed === true && !source.isLost, 'what is called indexed is in the cloud, indexed');
  }
};
