import { nuid, type Msg } from '@nats-io/transport-node';
import { inboxPrefix, type Link } from './connection.ts';

/** Whoever waits for replies to one question. */
export interface Receiver {
  readonly onMessage: (message: Msg) => void;
  /** The connection broke: replies may be lost. */
  readonly onLost: () => void;
}

/** One subscription for all replies, told apart by their last token: no subscription to make and drop per question. */
export interface Inbox {
  open(receiver: Receiver): { readonly replyTo: string; readonly close: () => void };
}

export const createInbox = (link: Link, name: string): Inbox => {
  const base = `${inboxPrefix(name)}.${nuid.next()}`;
  const receivers = new Map<string, Receiver>();
  let opened = 0;

  link.connection.subscribe(`${base}.*`, {
    callback: (error, message) => {
      if (error === null) receivers.get(message.subject)?.onMessage(message);
    },
  });
  link.onDown(() => {
    for (const receiver of [...receivers.values()]) receiver.onLost();
  });

  return {
    open: (receiver) => {
      const replyTo = `${base}.${(++opened).toString(36)}`;
      receivers.set(replyTo, receiver);
      return { replyTo, close: () => void receivers.delete(replyTo) };
    },
  };
};

/** Names a question by its reply subject: ours, unique, and fit to be a token. */
export const questionId = (replyTo: string): string => replyTo.split('.').slice(-2).join('-');

/** The server's word that nobody subscribes to the subject. */
export const isNoResponder = (message: Msg): boolean => message.data.length === 0 && message.headers?.code === 503;
