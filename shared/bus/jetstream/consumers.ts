import type { JetStreamClient, JsMsg } from '@nats-io/jetstream';
import type { Durable } from '../../contracts/message.ts';
import type { InFlight } from '../in-flight.ts';
import { consuming, type Consuming } from '../middleware.ts';
import type { BusTools } from '../observed.ts';
import type { Bus } from '../port.ts';
import type { Link } from './connection.ts';
import { createGivenBack, type GivenBack } from './given-back.ts';
import type { Names } from './names.ts';
import { giveBackMs, startPullLoop, type PullLoop } from './pull-loop.ts';
import type { Topology } from './topology.ts';

export interface Consumers extends Pick<Bus, 'consume'> {
  /** Takes nothing new and gives back what was fetched but not begun. */
  stop(): Promise<void>;
}

interface ConsumersOptions {
  readonly tools: BusTools;
  readonly link: Link;
  readonly client: JetStreamClient;
  readonly topology: Topology;
  readonly names: Names;
  readonly inFlight: InFlight;
}

/** What one consumer does with one contract. */
interface Role {
  readonly contract: Durable;
  readonly consume: Consuming;
  readonly givenBack: GivenBack;
}

const concurrencyDefault = 20;
const stopMsMax = 1_000;

/** Durable consumers: one durable per consumer and contract, shared by all replicas. */
export const createConsumers = (options: ConsumersOptions): Consumers => {
  const { tools, link, topology, client, names } = options;
  const held = new Set<JsMsg>();
  const loops: PullLoop[] = [];
  // The client would find out by itself, but only after half a minute if the server is slow to come up.
  link.onUp(() => {
    for (const loop of loops) loop.restart();
  });
  // Whoever works longer than `ack_wait` says so in time, or the server would hand the message to another.
  const heart = setInterval(() => {
    if (link.isConnected()) for (const message of held) message.working();
  }, topology.ackWaitMs / 3);

  return {
    consume: async (contract, consumer, handler, { bury, concurrency = concurrencyDefault }) => {
      const consume = consuming(tools, contract, consumer, handler, bury);
      const role = { contract, consume, givenBack: createGivenBack() };
      await topology.addDurable(consumer, contract);
      const loop = startPullLoop({
        clock: tools.clock,
        concurrency,
        open: () => client.consumers.get(names.streamOf(contract), names.durable(consumer, contract)),
        handle: async (message) => {
          held.add(message);
          await handle(options, role, message);
          held.delete(message);
        },
        onTrouble: async (thrown) => {
          tools.logger.warn({ err: thrown, subject: contract.subject, consumer }, 'consumer interrupted');
          // The stream or the durable may be gone; no need to tell why, the cure is the same.
          if (link.isConnected()) await topology.ensure().catch(() => undefined);
        },
      });
      loops.push(loop);
      return {
        replay: (text) =>
          options.inFlight.run(Infinity, () =>
            consume({ subject: contract.subject, text, attempt: 1, isSuspect: true }),
          ),
      };
    },
    stop: async () => {
      await Promise.race([Promise.all(loops.map((loop) => loop.stop())), tools.clock.sleep(stopMsMax)]);
      clearInterval(heart);
    },
  };
};

const handle = async (
  { inFlight, link, names, tools }: ConsumersOptions,
  role: Role,
  message: JsMsg,
): Promise<void> => {
  const { contract, consume, givenBack } = role;
  const { deliveryCount: attempt } = message.info;
  const arrival = {
    subject: names.plain(message.subject),
    text: message.string(),
    attempt,
    isSuspect: attempt > 1 && !givenBack.has(message),
  };
  const giveBack = (afterMs: number): void => {
    givenBack.add(message);
    message.nak(afterMs);
  };
  try {
    const outcome = await inFlight.run(Infinity, () => consume(arrival));
    if (outcome.do === 'retry') giveBack(outcome.afterMs);
    else message.ack();
  } catch (thrown) {
    tools.logger.warn({ err: thrown, subject: contract.subject }, 'message given back');
    if (!link.connection.isClosed()) giveBack(giveBackMs);
  }
};
