import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * A command whose program gets `signal` from the system when we are gone, however we went: a start that was killed leaves
 * no server behind. Only Linux can do that; elsewhere the next start clears up.
 */
export const dependent = (
  signal: 'INT' | 'TERM',
  program: string,
  parameters: readonly string[],
): readonly [string, readonly string[]] => {
  const setpriv = process.platform === 'linux' ? findProgram('setpriv') : undefined;
  return setpriv === undefined ? [program, parameters] : [setpriv, ['--pdeathsig', signal, program, ...parameters]];
};

/** Where the program is, looking also in the places for administrators that a user's PATH often lacks. */
export const findProgram = (name: string): string | undefined =>
  [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/local/bin',
    '/usr/local/sbin',
    '/usr/bin',
    '/usr/sbin',
    '/sbin',
  ]
    .filter((folder) => folder !== '')
    .flatMap((folder) => (process.platform === 'win32' ? [join(folder, `${name}.exe`)] : [join(folder, name)]))
    .find((path) => existsSync(path));
