import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { dependent } from '../../../infra/local/dependent.ts';
import { projectRoot } from '../../../infra/local/project-root.ts';
import type { Owner } from '../../../shared/contracts/message.ts';
import { send } from '../../support/http.ts';
import { keep, type Kept, type Launched } from './kept.ts';
import { ownsPort } from './ports.ts';

/** One process of a service, which comes back to the same ports. */
export interface ServiceProcess extends Kept {
  readonly service: Owner;
  readonly healthPort: number;
  /** Of a gateway: where it takes requests. */
  readonly port: number;
  /** Settings for the next start alone, such as FAILPOINTS; what is set here is gone after that process. */
  readonly setNext: (environment: Readonly<Record<string, string>>) => void;
}

type Settings = Readonly<Record<string, string>>;

interface Options {
  readonly service: Owner;
  /** `chat-2` where there are several. */
  readonly name: string;
  readonly healthPort: number;
  readonly port: number;
  readonly environment: Settings;
  readonly logFolder: string;
  readonly delayMs: () => number;
}

/** Runs the built program of a service as a process of its own. */
export const startServiceProcess = (options: Options): ServiceProcess => {
  let next: Settings = {};
  const launch = async (): Promise<Launched> => {
    const passing = next;
    next = {};
    const { service, healthPort, port } = options;
    const environment = { ...options.environment, HEALTH_PORT: String(healthPort), PORT: String(port), ...passing };
    const launched = spawnNode({
      parameters: [join(projectRoot, 'dist/services/main.js'), service],
      environment,
      logFile: join(options.logFolder, `${options.name}.log`),
    });
    return { ...launched, isReady: () => isServing(launched.pid, healthPort) };
  };
  const { service, name, healthPort, port, delayMs } = options;
  return {
    ...keep({ name, launch, delayMs }),
    service,
    healthPort,
    port,
    setNext: (environment) => {
      next = environment;
    },
  };
};

interface Program {
  readonly parameters: readonly string[];
  readonly environment: Settings;
  /** What it writes goes behind what its predecessors wrote. */
  readonly logFile: string;
}

/** Starts a Node program that ends with us. */
export const spawnNode = ({ parameters, environment, logFile }: Program): Omit<Launched, 'isReady'> => {
  const log = openSync(logFile, 'a');
  const [command, all] = dependent('TERM', process.execPath, ['--enable-source-maps', ...parameters]);
  const child = spawn(command, all, {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', log, log],
    // Ctrl-C reaches the harness alone.
    detached: true,
  });
  closeSync(log);
  if (child.pid === undefined) throw new Error(`${parameters.join(' ')} could not be started`);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `code ${code ?? 'unknown'}`));
  });
  return { pid: child.pid, ended };
};

const isServing = async (pid: number, healthPort: number): Promise<boolean> => {
  const signal = AbortSignal.timeout(2_000);
  const reply = await send(`http://127.0.0.1:${healthPort}/health/ready`, { signal });
  return reply.status === 200 && (await ownsPort(pid, healthPort));
};
