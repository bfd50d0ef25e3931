import { pino } from 'pino';
import { systemClock as clock } from '../runtime/clock.ts';
import { wakeUp } from './conformance-world.ts';
import { createJetStreamBus } from './jetstream.ts';

// A worker as a process of its own, for tests that kill it: each message takes `workMs`; tells of each as a line of JSON.
const [servers = '', workMs, ackWaitMs, concurrency] = process.argv.slice(2);
const tell = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const logger = pino({ level: 'silent' });
const bus = await createJetStreamBus({ servers, name: 'test', clock, logger, ackWaitMs: Number(ackWaitMs) });
await bus.consume(
  wakeUp,
  'memory',
  async ({ data, attempt }) => {
    tell({ begun: data.n, attempt });
    await clock.sleep(Number(workMs));
    tell({ done: data.n });
  },
  { concurrency: Number(concurrency), bury: async () => undefined },
);
process.once('SIGTERM', () => void bus.drain(10_000).then(() => process.exit(0)));
tell({ ready: true });
