import { randomUUID } from 'node:crypto';
import { startMemoriEmulator, type MemoriEmulator } from '../../../infra/emulators/memori/serve.ts';
import { questionAnswered } from '../../../shared/contracts/chat.ts';
import { recall } from '../../../shared/contracts/memory.ts';
import { envelopeFor } from '../../../shared/outbox/outbox.ts';
import { openPlatform, type TestPlatform } from '../../../tests/support/platform.ts';
import { memory } from '../service.ts';

export interface Visitor {
  readonly domainId: string;
  readonly userId: string;
}

interface Turn {
  readonly question: string;
  readonly answer?: string;
  readonly sessionId?: string;
  readonly messageId?: string;
  /** Milliseconds since the epoch. */
  readonly answeredAt?: number;
}

export interface MemoryWorld extends TestPlatform {
  readonly memori: MemoriEmulator;
  /** A visitor that nobody else uses. */
  readonly visitor: (domainId?: string) => Visitor;
  /** Publishes that a turn was answered, and waits until memory has dealt with it. */
  readonly say: (visitor: Visitor, turn: Turn) => Promise<void>;
  /** What is recalled in a new session, best first. */
  readonly recall: (visitor: Visitor, question: string, sessionId?: string) => Promise<string[]>;
  readonly recallWhole: (visitor: Visitor, question: string, sessionId?: string) => Promise<Recall>;
  readonly context: (timeoutMs?: number) => { deadlineAt: number; correlationId: string };
  /** Makes Memori's next chat calls fail. */
  readonly failMemori: (fault: Readonly<Record<string, unknown>>) => Promise<void>;
}

interface Recall {
  readonly facts: readonly { readonly key: string; readonly value: string }[];
  readonly memories: readonly { readonly text: string }[];
  readonly degraded: readonly string[];
}

/** The memory service with a real database and the emulated Memori. */
export const openWorld = async (environment: Readonly<Record<string, string>> = {}): Promise<MemoryWorld> => {
  const memori = await startMemoriEmulator({ port: 0 });
  const platform = await openPlatform({
    MEMORI_BASE_URL: memori.baseUrl,
    MEMORI_VALIDATE_URL: memori.validateUrl,
    MEMORI_VALIDATE_TIMEOUT_MS: '500',
    MEMORI_POLL_MS: '50',
    ...environment,
  });
  const { bus, clock } = platform;
  await platform.start(memory);
  const context = (timeoutMs = 5_000) => ({ deadlineAt: clock.now() + timeoutMs, correlationId: 'test' });
  const recallWhole = (visitor: Visitor, question: string, sessionId: string = randomUUID()): Promise<Recall> => {
    const input = { domain_id: visitor.domainId, user_id: visitor.userId, question, session_id: sessionId };
    return bus.ask(recall, input, context());
  };
  return {
    ...platform,
    memori,
    context,
    visitor: (domainId = randomUUID()) => ({ domainId, userId: `visitor-${randomUUID()}` }),
    say: async ({ domainId, userId }, turn) => {
      const data = {
        session_id: turn.sessionId ?? randomUUID(),
        user_id: userId,
        message_id: turn.messageId ?? randomUUID(),
        question: turn.question,
        answer: turn.answer ?? 'Thank you.',
        grounded: false,
        answered_at: new Date(turn.answeredAt ?? clock.now()).toISOString(),
      };
      await bus.publish(questionAnswered, envelopeFor(clock, questionAnswered, { domainId, data }));
    },
    recallWhole,
    recall: async (...args) => (await recallWhole(...args)).memories.map(({ text }) => text),
    failMemori: async (fault) => {
      const body = JSON.stringify({ match: { path: '/v1/chat' }, ...fault });
      const headers = { 'content-type': 'application/json' };
      await fetch(`${memori.url}/__emulator/faults`, { method: 'POST', headers, body });
    },
    close: async () => {
      await platform.close();
      await memori.stop();
    },
  };
};
