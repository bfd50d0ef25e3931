import { LocalError } from './local-error.ts';
import { natsAnswers } from './nats.ts';
import { tryPort } from './ports.ts';
import type { LocalSettings } from './settings.ts';

/** Throws one line unless the gateway can have its port. */
export const requireFreePort = async ({ PORT, HOST = '127.0.0.1' }: LocalSettings, port = PORT): Promise<void> => {
  const found = await tryPort(port, HOST);
  if (found === 'free') return;
  throw new LocalError(
    found === 'taken'
      ? `Port ${port} is in use: end the program that has it, or choose another, as in PORT=${port + 1} npm start.`
      : `Port ${port} is not open to this user: choose one above 1023, as in PORT=8000 npm start.`,
  );
};

/** Throws one line unless a NATS server answers at NATS_URL; nothing to do without one. */
export const requireNats = async ({ NATS_URL }: LocalSettings): Promise<void> => {
  if (NATS_URL === undefined) return;
  const { hostname, port, host } = new URL(NATS_URL);
  if (await natsAnswers(port === '' ? 4222 : Number(port), hostname)) return;
  throw new LocalError(`NATS_URL: no NATS server answers at ${host}. Start it, or leave NATS_URL out.`);
};
