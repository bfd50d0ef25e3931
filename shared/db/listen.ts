import { Client } from 'pg';
import type { Clock } from '../runtime/clock.ts';

export interface ListenOptions {
  readonly url: string;
  readonly channels: readonly string[];
  readonly clock: Clock;
  readonly onNotification: (channel: string, payload: string) => void;
  /** After each (re)connection. What was notified in between is gone, so look at the table now. */
  readonly onListening: () => void;
  readonly onConnectionLost?: (error: Error) => void;
  readonly applicationName?: string;
}

export interface Listener {
  readonly stop: () => Promise<void>;
}

/**
 * Keeps one connection that hears NOTIFY on the channels, and makes a new one for ever when it breaks (full jitter up to
 * 5 s). A link that is dead without saying so is found within 25 s by a question that gets no answer.
 */
export const listen = (options: ListenOptions): Listener => {
  const stopping = new AbortController();
  const finished = keepListening(options, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await finished;
    },
  };
};

const keepListening = async (options: ListenOptions, stopped: AbortSignal): Promise<void> => {
  const { clock, onConnectionLost } = options;
  let failures = 0;
  while (!stopped.aborted) {
    try {
      await listenOnce(options, stopped, () => {
        failures = 0;
      });
    } catch (error) {
      onConnectionLost?.(error instanceof Error ? error : new Error('connection lost', { cause: error }));
    }
    failures += 1;
    await clock.sleep(clock.random() * Math.min(5_000, 100 * 2 ** Math.min(failures, 10)), stopped);
  }
};

const listenOnce = async (options: ListenOptions, stopped: AbortSignal, onConnected: () => void): Promise<void> => {
  const client = new Client({
    connectionString: options.url,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
    keepAlive: true,
    application_name: options.applicationName ?? 'parley-listen',
  });
  const broken = new AbortController();
  const lost = (error?: Error): void => broken.abort(error ?? new Error('the server closed the connection'));
  client.on('error', lost);
  client.on('end', () => lost());
  client.on('notification', ({ channel, payload }) => options.onNotification(channel, payload ?? ''));
  try {
    await client.connect();
    for (const channel of options.channels) await client.query(`listen ${client.escapeIdentifier(channel)}`);
    onConnected();
    options.onListening();
    const over = AbortSignal.any([stopped, broken.signal]);
    while (!over.aborted) {
      await client.query('select 1');
      await options.clock.sleep(checkEveryMs, over);
    }
    if (!stopped.aborted) broken.signal.throwIfAborted();
  } finally {
    await client.end().catch(() => undefined);
  }
};

const checkEveryMs = 20_000;
