import { headers, type Msg, type MsgHdrs } from '@nats-io/transport-node';
import type { Query } from '../../contracts/message.ts';
import { Failure, toFailure } from '../../errors/failure.ts';
import { answering, type Answering } from '../middleware.ts';
import type { Bus, CallContext } from '../port.ts';
import { decode, encode, parseOutput, readFailure } from '../wire.ts';
import { callHeaders, failureHeader, incomingOf } from './call-headers.ts';
import type { Core } from './core.ts';
import { isNoResponder, type Replier } from './inbox.ts';

/** Questions with one answer: core request-reply in the owner's queue group. */
export const createRequests = (core: Core): Pick<Bus, 'ask' | 'answer'> => ({
  ask: async <Q extends Query>(contract: Q, input: unknown, context: CallContext) => {
    const text = encode(input);
    const remainingMs = context.deadlineAt - core.tools.clock.now();
    if (remainingMs <= 0) throw new Failure('deadline_exceeded');
    // A request into a broken connection would vanish without a word and wait for its deadline.
    if (!core.link.isConnected()) throw unavailable();
    const question = { subject: contract.subject, from: contract.owner, text, headers: callHeaders(context) };
    const reply = await request(core, question, remainingMs);
    if (isNoResponder(reply)) throw unavailable();
    const body = decode(reply.string());
    if (reply.headers?.has(failureHeader) === true) throw readFailure(body);
    return parseOutput<Q['output']>(contract.output, body);
  },
  answer: async (contract, handler) => {
    const answer = answering(core.tools, contract, handler);
    await core.subscribe(contract.subject, contract.owner, (message) => {
      void respond(core, answer, message, contract.subject);
    });
  },
});

interface Question {
  readonly subject: string;
  readonly from: Replier;
  readonly text: string;
  readonly headers: MsgHdrs;
}

/**
 * The first reply to a message. Throws `deadline_exceeded` after `ms`, and `service_unavailable` as soon as the connection
 * breaks: whether the message had its effect is then unknown.
 */
export const request = (
  core: Pick<Core, 'inbox' | 'link' | 'names'>,
  { subject, from, text, headers }: Question,
  ms: number,
): Promise<Msg> =>
  new Promise((resolve, reject) => {
    const settle = (outcome: () => void): void => {
      clearTimeout(timer);
      close();
      outcome();
    };
    const { replyTo, close } = core.inbox.open(from, {
      onMessage: (reply) => settle(() => resolve(reply)),
      onLost: () => settle(() => reject(unavailable())),
    });
    const expire = (): void => settle(() => reject(new Failure('deadline_exceeded')));
    const timer = setTimeout(expire, Math.min(ms, 2 ** 31 - 1));
    try {
      core.link.connection.publish(core.names.subject(subject), text, { reply: replyTo, headers });
    } catch (thrown) {
      settle(() => reject(new Failure('service_unavailable', { cause: thrown })));
    }
  });

const respond = async (core: Core, answer: Answering, message: Msg, subject: string): Promise<void> => {
  const incoming = incomingOf(message, subject, core.tools.clock);
  try {
    const text = await core.questions.run(incoming.deadlineAt, (call) => answer(incoming, call));
    core.reply(message, text);
  } catch (thrown) {
    const failure = toFailure(thrown);
    const carried = headers();
    carried.set(failureHeader, failure.code);
    core.reply(message, encode(failure.toWire()), carried);
  }
};

export const unavailable = (detail?: string): Failure =>
  new Failure('service_unavailable', { retryAfterMs: 1_000, ...(detail === undefined ? {} : { detail }) });
