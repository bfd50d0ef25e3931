import { createHash } from 'node:crypto';
import { LocalError } from './local-error.ts';
import type { LocalState } from './local-state.ts';
import { tryPort } from './ports.ts';

/**
 * Below the ports that the system hands out for connections, so that ours are rarely taken when we come back; and another
 * place for each data folder, so that two that take turns do not choose the same.
 */
const firstPort = (dataDir: string): number =>
  18_100 + 2 * (createHash('sha256').update(dataDir).digest().readUInt16BE() % 6_000);

/** Chosen once and then kept: the addresses of agents, which the database holds, have the port in them. */
export const emulatorPorts = async (
  dataDir: string,
  state: LocalState,
): Promise<{ gradient: number; memori: number }> => {
  const gradient = state.value.gradient_port ?? (await nextFreePort(firstPort(dataDir)));
  const memori = state.value.memori_port ?? (await nextFreePort(gradient + 1));
  for (const port of [gradient, memori]) {
    if ((await tryPort(port, '127.0.0.1')) !== 'free') {
      throw new LocalError(`Port ${port}, where this data folder has its emulated cloud, is taken: end what uses it.`);
    }
  }
  await state.remember({ gradient_port: gradient, memori_port: memori });
  return { gradient, memori };
};

const nextFreePort = async (from: number): Promise<number> => {
  for (let port = from; port < from + 200; port += 1) if ((await tryPort(port, '127.0.0.1')) === 'free') return port;
  throw new LocalError(`No port between ${from} and ${from + 200} is free for the emulated cloud: end what uses them.`);
};
