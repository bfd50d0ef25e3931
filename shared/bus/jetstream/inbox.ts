import { nuid, type Msg } from '@nats-io/transport-node';
import type { Owner } from '../../contracts/message.ts';
import { inboxPrefix, type Link } from './connection.ts';

/** Whoever waits for replies to one question. */
export interface Receiver {
  readonly onMessage: (message: Msg) => void;
  /** The connection broke: replies may be lost. */
  readonly onLost: () => void;
}

/** Who replies: the owner of the question, or for a durable message the stream it goes to. */
export type Replier = Owner | 'stream';

/** One subscription for all replies, told apart by their last token: no subscription to make and drop per question. */
export interface Inbox {
  open(from: Replier, receiver: Receiver): { readonly replyTo: string; readonly close: () => void };
}

/** Where `asker` hears what `replier` says. The server lets only that service write there. */
export const repliesOf = (asker: string, replier: Replier): string => `${inboxPrefix(asker)}.${replier}`;

export const createInbox = (link: Link, name: string): Inbox => {
  const connection = nuid.next();
  const receivers = new Map<string, Receiver>();
  let opened = 0;

  link.connection.subscribe(`${inboxPrefix(name)}.*.${connection}.*`, {
    callback: (error, message) => {
      if (error === null) receivers.get(message.subject)?.onMessage(message);
    },
  });
  link.onDown(() => {
    for (const receiver of [...receivers.values()]) receiver.onLost();
  });

  return {
    open: (from, receiver) => {
      const replyTo = `${repliesOf(name, from)}.${connection}.${(++opened).toString(36)}`;
      receivers.set(replyTo, receiver);
      return { replyTo, close: () => void receivers.delete(replyTo) };
    },
  };
};

/** Names a question by its reply subject: ours, unique, and fit to be a token. */
export const questionId = (replyTo: string): string => replyTo.split('.').slice(-2).join('-');

/** The server's word that nobody subscribes to the subject. */
export const isNoResponder = (message: Msg): boolean => message.data.length === 0 && message.headers?.code === 503;
