import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LocalError } from './local-error.ts';

const remembered = z.object({
  postgres_password: z.string(),
  /** Seals the access keys in the database: without it they are lost. */
  secrets_key: z.string(),
  /** Of this data folder on a server that others use too: its rows and our secrets belong together. */
  database_name: z.string(),
  postgres_port: z.number().optional(),
  gradient_port: z.number().optional(),
  memori_port: z.number().optional(),
  nats_port: z.number().optional(),
  /** Of the users of our own NATS server. */
  nats_seeds: z.record(z.string(), z.string()).optional(),
});

/** What a start has to know of the ones before it. */
export type Remembered = z.output<typeof remembered>;

export interface LocalState {
  readonly value: Remembered;
  readonly remember: (changes: Partial<Remembered>) => Promise<void>;
}

/** Makes the folder, for its owner alone; as root it lets the database's user through to its own. */
export const makeDataFolder = async (dataDir: string): Promise<void> => {
  await mkdir(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
};

/** `local.json` of the data folder, readable by its owner alone; made with fresh secrets the first time. */
export const openLocalState = async (dataDir: string): Promise<LocalState> => {
  const path = join(dataDir, 'local.json');
  let value = (await read(path)) ?? (await write(path, fresh()));
  return {
    get value() {
      return value;
    },
    remember: async (changes) => {
      const changed = { ...value, ...changes };
      if (JSON.stringify(changed) === JSON.stringify(value)) return;
      value = changed;
      await write(path, value);
    },
  };
};

const read = async (path: string): Promise<Remembered | undefined> => {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return remembered.parse(JSON.parse(text));
  } catch (cause) {
    throw new LocalError(`${path} cannot be read: mend it, or delete the whole data folder to start afresh.`, {
      cause,
    });
  }
};

const fresh = (): Remembered => ({
  postgres_password: secret(),
  secrets_key: secret(),
  database_name: `parley_${randomBytes(4).toString('hex')}`,
});

const write = async (path: string, value: Remembered): Promise<Remembered> => {
  await writeFile(`${path}.new`, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return value;
};

const secret = (): string => randomBytes(32).toString('base64url');
