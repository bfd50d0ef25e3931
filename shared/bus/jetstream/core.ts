import type { Msg, MsgHdrs, Subscription } from '@nats-io/transport-node';
import type { InFlight } from '../in-flight.ts';
import type { BusTools } from '../observed.ts';
import type { Link } from './connection.ts';
import type { Inbox } from './inbox.ts';
import type { Names } from './names.ts';

/** What questions and streams share: the connection, its inbox, and the handlers in flight. */
export interface Core {
  readonly tools: BusTools;
  readonly link: Link;
  readonly names: Names;
  readonly inbox: Inbox;
  readonly questions: InFlight;
  /** Resolves when the server knows of it. `queue` is the group of which one member gets each message. */
  subscribe(subject: string, queue: string | undefined, onMessage: (message: Msg) => void): Promise<void>;
  /** Says something to whoever asked; into a closed connection, nothing. */
  reply(message: Msg, text: string, headers?: MsgHdrs): void;
  /** Ends all subscriptions made here; what the server sent already is still handled. */
  unsubscribe(): Promise<void>;
}

export const createCore = (parts: Pick<Core, 'tools' | 'link' | 'names' | 'inbox' | 'questions'>): Core => {
  const { link, names, tools } = parts;
  const subscriptions: Subscription[] = [];
  return {
    ...parts,
    subscribe: async (subject, queue, onMessage) => {
      const subscription = link.connection.subscribe(names.subject(subject), {
        ...(queue === undefined ? {} : { queue }),
        callback: (error, message) => {
          if (error === null) onMessage(message);
          // The server ends a subscription that this user has no right to: nothing will come here any more.
          else tools.logger.error({ err: error, subject }, 'subscription ended by the server');
        },
      });
      subscriptions.push(subscription);
      // Lost on the way, it is said again by the client itself when the server is back.
      await link.connection.flush().catch((thrown: unknown) => {
        if (link.connection.isClosed()) throw thrown;
      });
    },
    reply: (message, text, headers) => {
      if (link.connection.isClosed()) return;
      message.respond(text, headers === undefined ? {} : { headers });
    },
    unsubscribe: async () => {
      if (link.isConnected()) await Promise.all(subscriptions.splice(0).map((subscription) => subscription.drain()));
    },
  };
};
