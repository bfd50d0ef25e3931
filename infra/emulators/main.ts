import path from 'node:path';
import { z } from 'zod';
import { startGradientEmulator } from './gradient/serve.ts';
import { startMemoriEmulator } from './memori/serve.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const delay = z.coerce.number().int().min(0).max(3_600_000);
const filled = z.string().min(1).optional();

const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  GRADIENT_EMULATOR_PORT: port.default(8100),
  MEMORI_EMULATOR_PORT: port.default(8101),
  /** The folder where both keep their state; nowhere without one. */
  DATA_DIR: filled,
  /** The Gradient emulator's address as its callers reach it, when a proxy stands between. */
  GRADIENT_PUBLIC_URL: z.url().optional(),
  DEPLOY_MS: delay.default(1500),
  DATABASE_MS: delay.default(500),
  INDEX_MS: delay.default(300),
  TOKEN_MS: delay.default(0),
  /** Refuse what the contracts do not have; the real services ignore it. */
  EMULATOR_STRICT: z.stringbool().default(false),
  /** The only control-plane token that is taken. */
  EXPECTED_TOKEN: filled,
  LLM_BASE_URL: z.url().optional(),
  LLM_API_KEY: filled,
  LLM_MODEL: filled,
});
type Environment = z.infer<typeof environment>;

const main = async (): Promise<void> => {
  const parsed = environment.safeParse(process.env);
  if (!parsed.success) {
    console.error(`The emulators cannot start:\n${z.prettifyError(parsed.error)}`);
    process.exitCode = 1;
    return;
  }
  const env = parsed.data;
  const gradient = await startGradientEmulator(gradientOptions(env));
  const memori = await startMemoriEmulator({
    port: env.MEMORI_EMULATOR_PORT,
    host: env.HOST,
    strict: env.EMULATOR_STRICT,
    ...dataDirOf(env),
  });
  console.log(`Gradient emulator on ${gradient.baseUrl}`);
  console.log(`Memori emulator on ${memori.baseUrl}`);

  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    await Promise.all([gradient.stop(), memori.stop()]);
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop().catch((error: unknown) => {
        console.error(error);
        process.exit(1);
      });
    });
  }
};

const gradientOptions = (env: Environment) => ({
  port: env.GRADIENT_EMULATOR_PORT,
  host: env.HOST,
  deployMs: env.DEPLOY_MS,
  databaseMs: env.DATABASE_MS,
  indexMs: env.INDEX_MS,
  tokenMs: env.TOKEN_MS,
  strict: env.EMULATOR_STRICT,
  ...dataDirOf(env),
  ...(env.GRADIENT_PUBLIC_URL === undefined ? {} : { publicUrl: env.GRADIENT_PUBLIC_URL }),
  ...(env.EXPECTED_TOKEN === undefined ? {} : { expectedToken: env.EXPECTED_TOKEN }),
  ...(env.LLM_BASE_URL === undefined ? {} : { llm: llmOf(env.LLM_BASE_URL, env) }),
});

const dataDirOf = ({ DATA_DIR }: Environment) => (DATA_DIR === undefined ? {} : { dataDir: path.resolve(DATA_DIR) });

const llmOf = (baseUrl: string, { LLM_API_KEY, LLM_MODEL }: Environment) => ({
  baseUrl,
  ...(LLM_API_KEY === undefined ? {} : { apiKey: LLM_API_KEY }),
  ...(LLM_MODEL === undefined ? {} : { model: LLM_MODEL }),
});

main().catch((error: unknown) => {
  console.error(`The emulators cannot start: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
