import type { Logger } from 'pino';
import { Failure } from '../errors/failure.ts';
import type { Clock } from '../runtime/clock.ts';
import { createInFlight } from './in-flight.ts';
import { createConsumers } from './in-process-consumers.ts';
import { createQuestions } from './in-process-questions.ts';
import type { Journal } from './journal.ts';
import { watchJournal } from './journal-watch.ts';
import { consuming } from './middleware.ts';
import { createNews } from './news.ts';
import type { BusTools } from './observed.ts';
import type { Bus } from './port.ts';
import { createQuarantine } from './quarantine.ts';
import { createRecentIds } from './recent-ids.ts';
import { encode } from './wire.ts';
import { within } from './within.ts';

interface InProcessOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Carries the events over a restart; see `openJournal`. */
  readonly journal: Journal;
  /** How long `publish` waits for the consumers before it leaves the message to a later publish. */
  readonly publishWaitMs?: number;
}

/**
 * The bus of a system that runs in one process. Messages travel as JSON text, as they do over NATS, so nothing is shared by
 * reference. `publish` resolves when every consumer has dealt with the message or buried it: a crash before leaves it
 * unsent in the outbox, which is this bus's store. While a consumer is still trying it throws `service_unavailable` after
 * `publishWaitMs`; the trying goes on, and a later publish of the same envelope waits for the same outcome.
 */
export const createInProcessBus = ({ clock, logger, journal, publishWaitMs = 2_000 }: InProcessOptions): Bus => {
  const tools: BusTools = { clock, logger, system: 'in_process', quarantine: createQuarantine() };
  const questionsInFlight = createInFlight({ clock, runningMax: 1_024 });
  const workInFlight = createInFlight({ clock, runningMax: Infinity });
  const consumers = createConsumers({ clock, journal, inFlight: workInFlight });
  const recent = createRecentIds({ clock, windowMs: 120_000 });
  const news = createNews();
  const closing = new AbortController();

  return {
    ...createQuestions(tools, questionsInFlight),
    publish: async (contract, envelope, { isSuspect = false } = {}) => {
      const text = encode(envelope);
      if (closing.signal.aborted) throw new Failure('service_unavailable');
      const dealtWith = recent.once(envelope.id, async () => {
        if (contract.kind === 'event') {
          journal.append(envelope);
          news.tell();
        }
        await consumers.deliver(contract, { subject: envelope.subject, text, isSuspect });
      });
      await within(publishWaitMs, 'service_unavailable', dealtWith);
    },
    consume: async (contract, consumer, handler, { bury, concurrency = 20 }) => {
      const consume = consuming(tools, contract, consumer, handler, bury);
      consumers.add(contract, consumer, consume, concurrency);
      return {
        replay: (text) =>
          workInFlight.run(Infinity, () => consume({ subject: contract.subject, text, attempt: 1, isSuspect: true })),
      };
    },
    watch: (options) => watchJournal(journal, news, closing.signal, options),
    // What it took it has dealt with: there is no store to lose.
    onStoreBegun: () => undefined,
    health: () => ({ connected: !closing.signal.aborted, detail: closing.signal.aborted ? 'closing' : 'ok' }),
    drain: async (timeoutMs) => {
      closing.abort();
      consumers.stop();
      await Promise.all([questionsInFlight.settle(timeoutMs), workInFlight.settle(timeoutMs)]);
      await journal.flush();
    },
  };
};
