import { connect, errors, nkeyAuthenticator, nkeys, type NatsConnection, type Status } from '@nats-io/transport-node';
import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import { ConfigError } from '../../runtime/config.ts';
import { serverKnows } from './server-features.ts';

export interface NatsOptions {
  /** `nats://host:port`, several with commas between. */
  readonly servers: string;
  /** Of the service: how the server calls the connection, and the first token of its inboxes. `[a-z0-9-]`. */
  readonly name: string;
  /** The secret half of the service's nkey (`SU…`); without one the server must take anybody. */
  readonly seed?: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long the first connection may take; the default is a minute, so that servers may start in any order. */
  readonly firstConnectMs?: number;
}

/** A connection that never gives up, and what its users need to know of its ups and downs. */
export interface Link {
  readonly connection: NatsConnection;
  isConnected(): boolean;
  /** Both give what takes the listener away again. */
  onDown(listener: () => void): () => void;
  onUp(listener: () => void): () => void;
}

/**
 * Connects, or throws one ConfigError when no server answers in time, the seed is refused, or the server is not fit. Later losses heal by
 * themselves; a half-open link is noticed within 6 s.
 */
export const connectNats = async (options: NatsOptions): Promise<Link> => {
  const connection = await firstConnection(options);
  await mustBeFit(connection, withoutSecrets(options.servers));
  const down = new Set<() => void>();
  const up = new Set<() => void>();
  let connected = true;
  const onStatus = (status: Status): void => {
    if (status.type === 'disconnect') {
      connected = false;
      for (const listener of [...down]) listener();
    }
    if (status.type === 'reconnect') {
      connected = true;
      for (const listener of [...up]) listener();
    }
    if (status.type !== 'ping' && status.type !== 'close') options.logger.warn(describe(status), 'nats connection');
  };
  void follow(connection.status(), onStatus);
  return {
    connection,
    isConnected: () => connected && !connection.isClosed(),
    onDown: (listener) => listen(down, listener),
    onUp: (listener) => listen(up, listener),
  };
};

const firstConnection = async (options: NatsOptions): Promise<NatsConnection> => {
  const { clock, servers, firstConnectMs = 60_000 } = options;
  const giveUpAt = clock.now() + firstConnectMs;
  for (;;) {
    try {
      return await connect(settings(options));
    } catch (thrown) {
      if (thrown instanceof ConfigError) throw thrown;
      if (thrown instanceof errors.AuthorizationError) {
        throw new ConfigError(
          `NATS_NKEY_SEED: NATS at ${withoutSecrets(servers)} does not know the user ${options.name} by this key`,
        );
      }
      if (clock.now() >= giveUpAt) {
        const waited = Math.round(firstConnectMs / 1_000);
        throw new ConfigError(`NATS_URL: no NATS server answers at ${withoutSecrets(servers)} (waited ${waited} s)`);
      }
    }
    await clock.sleep(250);
  }
};

const mustBeFit = async (connection: NatsConnection, where: string): Promise<void> => {
  const { version = '?', jetstream = false } = connection.info ?? {};
  const lack = !serverKnows('ours', version)
    ? `is of version ${version}: use nats-server 2.9 or newer`
    : jetstream
      ? undefined
      : 'runs without JetStream: start it with -js, or with infra/nats/nats-server.conf';
  if (lack === undefined) return;
  await connection.close();
  throw new ConfigError(`NATS at ${where} ${lack}`);
};

const settings = ({ servers, name, seed }: NatsOptions) => ({
  servers: servers.split(',').map((server) => server.trim()),
  name,
  ...(seed === undefined ? {} : { authenticator: nkeyAuthenticator(readSeed(seed)) }),
  inboxPrefix: inboxPrefix(name),
  timeout: 3_000,
  // Never give up: the defaults close the connection for good after 20 s.
  maxReconnectAttempts: -1,
  reconnectTimeWait: 250,
  reconnectJitter: 250,
  ignoreAuthErrorAbort: true,
  // A silent link is noticed after two missed pings; the default is minutes.
  pingInterval: 2_000,
  maxPingOut: 2,
  // A stack trace per request costs more than the request.
  noAsyncTraces: true,
});

const readSeed = (seed: string): Uint8Array => {
  const bytes = new TextEncoder().encode(seed.trim());
  try {
    nkeys.fromSeed(bytes);
  } catch {
    throw new ConfigError('NATS_NKEY_SEED: must be the seed of a user, as `npm run nats:keys` writes it');
  }
  return bytes;
};

/** Each service reads only its own inboxes, so that the server can hold it to them. */
export const inboxPrefix = (name: string): string => {
  if (!/^[a-z0-9-]{1,32}$/.test(name)) throw new Error(`${name}: a connection's name is up to 32 of a-z, 0-9 and -`);
  return `_INBOX_${name}`;
};

const listen = (listeners: Set<() => void>, listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

const follow = async (statuses: AsyncIterable<Status>, onStatus: (status: Status) => void): Promise<void> => {
  for await (const status of statuses) onStatus(status);
};

const describe = (status: Status): object =>
  status.type === 'error' ? { status: status.type, err: status.error } : { status: status.type };

const withoutSecrets = (servers: string): string => servers.replaceAll(/\/\/[^@/,]*@/g, '//');
