import type { JetStreamClient, JsMsg } from '@nats-io/jetstream';
import type { Durable } from '../../contracts/message.ts';
import { buried, type DeadLetter } from '../dead-letter.ts';
import type { Verdict } from '../delivery.ts';
import type { InFlight } from '../in-flight.ts';
import { consuming, type Consuming } from '../middleware.ts';
import type { BusTools } from '../observed.ts';
import type { Bus } from '../port.ts';
import type { Link } from './connection.ts';
import type { Names } from './names.ts';
import { giveBackMs, startPullLoop, type PullLoop } from './pull-loop.ts';
import { ackWaitMs, type Topology } from './topology.ts';

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
  readonly consumer: string;
  readonly consume: Consuming;
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
  }, ackWaitMs / 3);

  return {
    consume: async (contract, consumer, handler, { concurrency = concurrencyDefault } = {}) => {
      const role = { contract, consumer, consume: consuming(tools, contract, consumer, handler) };
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
    },
    stop: async () => {
      await Promise.race([Promise.all(loops.map((loop) => loop.stop())), tools.clock.sleep(stopMsMax)]);
      clearInterval(heart);
    },
  };
};

const handle = async (options: ConsumersOptions, role: Role, message: JsMsg): Promise<void> => {
  const { inFlight, link, tools } = options;
  try {
    const attempt = message.info.deliveryCount;
    const decision = await inFlight.run(Infinity, () => role.consume(message.string(), attempt));
    await carryOut(options, role, message, decision);
  } catch (thrown) {
    tools.logger.warn({ err: thrown, subject: role.contract.subject }, 'message given back');
    if (!link.connection.isClosed()) message.nak(giveBackMs);
  }
};

const carryOut = async (options: ConsumersOptions, role: Role, message: JsMsg, decision: Verdict): Promise<void> => {
  if (decision.do === 'ack') message.ack();
  else if (decision.do === 'retry') message.nak(decision.afterMs);
  else {
    const { client, names } = options;
    const letter = letterOf(options, role, message, decision.reason);
    const msgID = `${names.durable(role.consumer, role.contract)}-${message.seq}`;
    // First buried, then ended: between the two a second copy may come, never none.
    await client.publish(names.subject(letter.subject), JSON.stringify(letter), { msgID });
    // Without a reason: an old server takes `term` with one for no answer at all.
    message.term();
  }
};

const letterOf = ({ names, tools }: ConsumersOptions, role: Role, message: JsMsg, reason: string): DeadLetter =>
  buried(
    {
      consumer: role.consumer,
      original_subject: names.plain(message.subject),
      reason,
      attempts: message.info.deliveryCount,
      message: message.string(),
    },
    tools.clock.now(),
  );
