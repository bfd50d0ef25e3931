import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { dependent, findProgram } from '../dependent.ts';
import { LocalError } from '../local-error.ts';

/** How to start a program as the user that PostgreSQL is to run as. */
export interface Identity {
  /** Whom the data folder is to belong to; undefined when it is ourselves. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  readonly command: (program: string, parameters: readonly string[]) => readonly [string, readonly string[]];
}

/**
 * PostgreSQL refuses to run as root. As root it runs as the owner of an existing data folder, else as `postgres` where
 * that user exists, else as `nobody`; no user is made. `paths` are the places it has to reach.
 */
export const chooseIdentity = async (dataFolder: string, paths: readonly string[]): Promise<Identity> => {
  if (process.getuid?.() !== 0) {
    return { owner: undefined, command: (program, parameters) => dependent('INT', program, parameters) };
  }
  const owner = (await ownerOf(dataFolder)) ?? (await userNamed('postgres')) ?? (await userNamed('nobody'));
  const setpriv = findProgram('setpriv');
  if (owner === undefined || setpriv === undefined) {
    throw new LocalError('PostgreSQL cannot run as root here: start as another user, or set DATABASE_URL.');
  }
  const reachable = await Promise.all(paths.map((path) => isReachable(path, owner)));
  const abilities = reachable.every(Boolean) ? [] : await abilitiesToReach();
  const user = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', ...abilities, '--pdeathsig=INT'];
  return { owner, command: (program, parameters) => [setpriv, [...user, program, ...parameters]] };
};

type Owner = NonNullable<Identity['owner']>;

const ownerOf = async (folder: string): Promise<Owner | undefined> => {
  const found = await stat(folder).catch(() => undefined);
  return found === undefined || found.uid === 0 ? undefined : { uid: found.uid, gid: found.gid };
};

const run = promisify(execFile);

const userNamed = async (name: string): Promise<Owner | undefined> => {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
};

/** Whether every folder above the path lets that user through: root's home, for one, does not. */
const isReachable = async (path: string, { uid, gid }: Owner): Promise<boolean> => {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid: owner, gid: group } = await stat(folder);
    const execute = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & execute) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
};

/**
 * Leaves the server just the ability to pass folders that are root's alone, so that a clone in /root works too. Containers
 * often have no `dac_read_search`; `dac_override` does the same and more.
 */
const abilitiesToReach = async (): Promise<string[]> => {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const ability = (effective & 0b100n) !== 0n ? 'dac_read_search' : 'dac_override';
  // Without the last, the kernel's access() check, which initdb makes on its own files, would not count the ability.
  return [`--inh-caps=+${ability}`, `--ambient-caps=+${ability}`, '--securebits=+no_setuid_fixup'];
};
