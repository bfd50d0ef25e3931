import type { Durable } from '../../contracts/message.ts';

export const streamKinds = ['CMD', 'EVT'] as const;
export type StreamKind = (typeof streamKinds)[number];

/** How our subjects, streams and durables are called on the server. */
export interface Names {
  /** With the namespace in front, when there is one. */
  subject(plain: string): string;
  /** Without it. */
  plain(subject: string): string;
  stream(kind: StreamKind): string;
  streamOf(contract: Durable): string;
  /** One durable per consumer and contract: an old server takes one filter, and names may hold no dots. */
  durable(consumer: string, contract: Durable): string;
  /** What a durable of this contract selects. */
  filter(contract: Durable): string;
}

/** `namespace` keeps systems apart that share a server, such as test files; `[a-z0-9]`, empty for none. */
export const createNames = (namespace = ''): Names => {
  if (!/^[a-z0-9]{0,32}$/.test(namespace)) throw new Error('A namespace is up to 32 of a-z and 0-9');
  const prefix = namespace === '' ? '' : `${namespace}.`;
  const stream = (kind: StreamKind): string => (namespace === '' ? kind : `${namespace}_${kind}`);
  return {
    subject: (plain) => `${prefix}${plain}`,
    plain: (subject) => subject.slice(prefix.length),
    stream,
    streamOf: (contract) => stream(contract.kind === 'command' ? 'CMD' : 'EVT'),
    durable: (consumer, contract) => {
      if (!/^[a-z0-9-]{1,64}$/.test(consumer)) throw new Error(`${consumer}: a consumer is up to 64 of a-z, 0-9 and -`);
      return `${consumer}--${contract.subject.replaceAll('.', '-')}`;
    },
    filter: (contract) => `${prefix}${contract.subject}${contract.kind === 'event' ? '.*' : ''}`,
  };
};
