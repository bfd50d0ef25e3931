import { topologyUser } from '../../shared/bus/bring-topology.ts';
import { newSeed, publicKeyOf } from '../../shared/bus/nkeys.ts';
import { owners } from '../../shared/contracts/message.ts';
import { publicKeyName, seedName } from './users.ts';

/** The secret of each user of `users.conf`, by its name. */
export type Seeds = Readonly<Record<string, string>>;

const users = [...owners, topologyUser];

export const newSeeds = (): Seeds => Object.fromEntries(users.map((user) => [user, newSeed()]));

/** What the server is to know of them: public halves only. */
export const serverEnvironment = (seeds: Seeds): Record<string, string> =>
  Object.fromEntries(Object.entries(seeds).map(([user, seed]) => [publicKeyName(user), publicKeyOf(seed)]));

/** Seeds by the names under which `.env` and secrets hold them. */
export const seedsOf = (environment: NodeJS.ProcessEnv): Seeds =>
  Object.fromEntries(
    users.map((user) => [user, environment[seedName(user)] ?? ''] as const).filter(([, seed]) => seed !== ''),
  );

/** Both halves as lines of an `.env` file, which is also what a Kubernetes Secret is made from. */
export const renderKeys = (seeds: Seeds): string =>
  Object.entries({
    ...serverEnvironment(seeds),
    ...Object.fromEntries(Object.entries(seeds).map(([user, seed]) => [seedName(user), seed])),
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
