import type { Database } from '../db/client.ts';
import { Failure } from '../errors/failure.ts';

/** Tells the tag of this installation, read once from the database; throws `service_unavailable` while that is away. */
export type InstallationTag = () => Promise<string>;

/**
 * What agents and knowledge bases of ours carry in the cloud. Several installations may share an account: a thing is ours
 * only with our own tag, which comes from an id that the first migration drew.
 */
export const installationTagOf = (database: Database): InstallationTag => {
  let known: string | undefined;
  return async () => (known ??= tagOf(await readKey(database)));
};

/** Whether a thing with these tags was made by another installation. Things older than the tag carry none at all. */
export const isOfAnotherInstallation = (tags: readonly string[], ours: string): boolean =>
  tags.some((tag) => installationTagPattern.test(tag)) && !tags.includes(ours);

const installationTagPattern = /^parley-[0-9a-f]{12}$/;

const tagOf = (key: string): string => `parley-${key.replaceAll('-', '').slice(0, 12)}`;

const readKey = async (database: Database): Promise<string> => {
  const row = await database.run((client) => client.installation.findFirst());
  if (row === null)
    throw new Failure('internal', { detail: 'The installation has no id: its migration was not applied' });
  return row.key;
};
