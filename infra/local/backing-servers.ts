import { attempt, ensureDatabase } from './database.ts';
import { newSeeds, seedsOf, serverEnvironment, type Seeds } from '../nats/keys.ts';
import { faint } from './announcement.ts';
import type { LocalState } from './local-state.ts';
import { findNatsProgram } from './nats-program.ts';
import { startNats } from './nats.ts';
import { startPostgres } from './postgres/server.ts';
import { requireNats } from './preconditions.ts';
import type { LocalSettings } from './settings.ts';
import type { StopStack } from './stop-stack.ts';

export interface Backing {
  readonly url: string;
  /** Where it is and how to have another, in a few words. */
  readonly words: string;
}

const onThisMachine = 'postgresql://postgres@127.0.0.1:5432/postgres';

/**
 * The database of DATABASE_URL; else, where `searches`, the machine's own server if it lets us in; else one of our own under
 * the data folder, stopped with us.
 */
export const startDatabase = async (
  settings: LocalSettings,
  state: LocalState,
  { stack, searches }: { readonly stack: StopStack; readonly searches: boolean },
): Promise<Backing> => {
  const { DATABASE_URL } = settings;
  if (DATABASE_URL !== undefined) {
    await ensureDatabase(DATABASE_URL);
    return { url: DATABASE_URL, words: `at ${new URL(DATABASE_URL).host}  ${faint('DATABASE_URL')}` };
  }
  if (searches && (await attempt(onThisMachine, 'select 1')) === undefined) {
    const name = state.value.database_name;
    const url = onThisMachine.replace(/postgres$/, name);
    await ensureDatabase(url);
    return { url, words: `of this machine, database ${name}  ${faint('DATABASE_URL uses another')}` };
  }
  const server = await startPostgres({
    dataDir: settings.DATA_DIR,
    password: state.value.postgres_password,
    preferredPort: state.value.postgres_port,
  });
  stack.push('PostgreSQL', server.stop);
  stopWhenDead(server.died, stack);
  await state.remember({ postgres_port: server.port });
  const url = server.url('parley');
  await ensureDatabase(url);
  return { url, words: `embedded  ${faint('DATABASE_URL uses one of yours')}` };
};

export interface BusBacking extends Backing {
  /** Of those users who need one. */
  readonly seeds: Seeds;
}

/** The NATS of NATS_URL, else a server of our own with a user for each service. */
export const startBus = async (settings: LocalSettings, state: LocalState, stack: StopStack): Promise<BusBacking> => {
  const { NATS_URL } = settings;
  if (NATS_URL !== undefined) {
    await requireNats(settings);
    const words = `NATS at ${new URL(NATS_URL).host}  ${faint('NATS_URL')}`;
    return { url: NATS_URL, words, seeds: seedsOf(process.env) };
  }
  const program = await findNatsProgram();
  // Those of a user that is new since they were made come on top.
  const seeds = { ...newSeeds(), ...state.value.nats_seeds };
  const users = serverEnvironment(seeds);
  const server = await startNats({ program, dataDir: settings.DATA_DIR, port: state.value.nats_port, users });
  stack.push('NATS', () => server.stop());
  stopWhenDead(server.died, stack);
  await state.remember({ nats_port: server.port, nats_seeds: seeds });
  const words = `NATS of our own at 127.0.0.1:${server.port}  ${faint('NATS_URL uses another')}`;
  return { url: server.url, words, seeds };
};

/** Without its servers the system can only fail, so it says so and ends. */
const stopWhenDead = (died: Promise<string>, stack: StopStack): void => {
  void died.then(async (reason) => {
    console.error(reason);
    await stack.stop();
    process.exit(1);
  });
};
