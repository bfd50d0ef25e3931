import { pathToFileURL } from 'node:url';
import { owners, type Owner } from '../shared/contracts/message.ts';
import { ConfigError, processEnvironment, type Environment } from '../shared/runtime/config.ts';
import type { Service } from '../shared/runtime/platform.ts';
import { runServices, type RunningProcess } from '../shared/runtime/run.ts';
import { stopOnSignals } from '../shared/runtime/signals.ts';

// Imported on demand, so that a process loads only what it runs.
const services: Record<Owner, () => Promise<Service>> = {
  provisioning: async () => (await import('./provisioning/service.ts')).provisioning,
  knowledge: async () => (await import('./knowledge/service.ts')).knowledge,
  memory: async () => (await import('./memory/service.ts')).memory,
  chat: async () => (await import('./chat/service.ts')).chat,
  gateway: async () => (await import('./gateway/service.ts')).gateway,
};

/** Runs the named services, or all, in this process. The gateway comes last, when those it asks are there. */
export const startServices = async (
  names: readonly Owner[] | 'all',
  environment: Environment,
): Promise<RunningProcess> => {
  const wanted = names === 'all' ? owners : names;
  const ordered = await Promise.all(
    Object.entries(services)
      .filter(([name]) => wanted.some((owner) => owner === name))
      .map(([, load]) => load()),
  );
  return runServices(ordered, environment);
};

const main = async (name: string | undefined): Promise<void> => {
  const owner = owners.find((candidate) => candidate === name);
  if (owner === undefined && name !== 'all') throw new ConfigError(`Usage: main <${[...owners, 'all'].join('|')}>`);
  stopOnSignals(await startServices(owner === undefined ? 'all' : [owner], processEnvironment()));
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main(process.argv[2]).catch((thrown: unknown) => {
    process.stderr.write(`${thrown instanceof ConfigError ? thrown.message : String(thrown)}\n`);
    process.exit(1);
  });
}
