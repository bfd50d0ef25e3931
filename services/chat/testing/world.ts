import { randomUUID } from 'node:crypto';
import { ask, openSession, type Answer, type AnswerFrame } from '../../../shared/contracts/chat.ts';
import { resolveSources, searchPassages } from '../../../shared/contracts/knowledge.ts';
import { recall } from '../../../shared/contracts/memory.ts';
import { checkAgent, getAgentAccess } from '../../../shared/contracts/provisioning.ts';
import { sha256Hex } from '../../../shared/crypto/hash.ts';
import { openPlatform, type TestPlatform } from '../../../tests/support/platform.ts';
import { chat } from '../service.ts';
import { startAgent, type FakeAgent } from './agent.ts';
import type { Bus, Handler } from '../../../shared/bus/port.ts';
import type { z } from 'zod';

type AskInput = z.input<typeof ask.input>;

/** What the other services answer; a test may change any of it. */
export interface Neighbours {
  access: Handler<typeof getAgentAccess>;
  recall: Handler<typeof recall>;
  sources: Handler<typeof resolveSources>;
  search: Handler<typeof searchPassages>;
}

export interface ChatWorld extends TestPlatform {
  readonly agent: FakeAgent;
  readonly neighbours: Neighbours;
  /** Stale key hashes that provisioning was asked to renew. */
  readonly renewals: readonly string[];
  /** Domains whose agent chat asked provisioning to look at. */
  readonly checked: readonly string[];
  readonly domainId: string;
  readonly context: (timeoutMs?: number) => { deadlineAt: number; correlationId: string; signal: AbortSignal };
  readonly openSession: (userId?: string, domainId?: string) => Promise<string>;
  readonly frames: (input: Partial<AskInput> & { session_id: string }) => Promise<AnswerFrame[]>;
  /** Role, status and failure code of a session's messages, in their order. */
  readonly statusesOf: (sessionId: string) => Promise<string[]>;
  /** Names of the events that a session owed to the bus, in their order. */
  readonly eventNames: (sessionId: string) => Promise<string[]>;
  readonly ask: (input: Partial<AskInput> & { session_id: string }) => Promise<Answer>;
}

const quick = {
  ASK_FIRST_TOKEN_TIMEOUT_MS: '1500',
  ASK_IDLE_TIMEOUT_MS: '800',
  OUTSIDE_REST_MS: '1',
  ASK_TIMEOUT_MS: '5000',
  ASK_LEASE_MS: '600',
  RECALL_TIMEOUT_MS: '200',
};

/** The chat service with a real database, a scripted agent, and scripted neighbours on the bus. */
export const openWorld = async (environment: Readonly<Record<string, string>> = {}): Promise<ChatWorld> => {
  const [platform, agent] = await Promise.all([openPlatform({ ...quick, ...environment }), startAgent()]);
  const renewals: string[] = [];
  const checked: string[] = [];
  let accessKey = 'first-key';
  const neighbours: Neighbours = {
    access: async ({ stale_key_hash }) => {
      if (stale_key_hash !== undefined) {
        renewals.push(stale_key_hash);
        if (stale_key_hash === sha256Hex(accessKey)) accessKey = 'second-key';
      }
      return { agent_uuid: 'a', endpoint: agent.endpoint, access_key: accessKey, knowledge_base_uuids: [] };
    },
    recall: async () => ({ memories: [], degraded: [] }),
    sources: async () => ({ sources: [] }),
    search: async () => ({ passages: [] }),
  };
  const { bus } = platform;
  await answerFor(bus, neighbours);
  await bus.answer(checkAgent, async ({ domain_id }) => {
    checked.push(domain_id);
    return {};
  });
  await platform.start(chat);
  const domainId = randomUUID();
  const context = (timeoutMs = 10_000) => ({
    deadlineAt: platform.clock.now() + timeoutMs,
    correlationId: 'test',
    signal: AbortSignal.timeout(timeoutMs),
  });
  const frames = async (input: Partial<AskInput> & { session_id: string }): Promise<AnswerFrame[]> => {
    const seen: AnswerFrame[] = [];
    const stream = bus.askStream(ask, { domain_id: domainId, question: 'How long is delivery?', ...input }, context());
    for await (const frame of stream) seen.push(frame);
    return seen;
  };
  return {
    ...platform,
    agent,
    neighbours,
    renewals,
    checked,
    domainId,
    context,
    openSession: async (userId = 'visitor', domain = domainId) =>
      (await bus.ask(openSession, { domain_id: domain, user_id: userId }, context())).session.session_id,
    frames,
    ...looksInto(platform),
    ask: async (input) => {
      const last = (await frames(input)).at(-1);
      if (last?.type !== 'end') throw new Error('an answer without an end');
      return last.answer;
    },
    close: async () => {
      await platform.close();
      await agent.stop();
    },
  };
};

const answerFor = async (bus: Bus, neighbours: Neighbours): Promise<void> => {
  await bus.answer(getAgentAccess, (input, call) => neighbours.access(input, call));
  await bus.answer(recall, (input, call) => neighbours.recall(input, call));
  await bus.answer(resolveSources, (input, call) => neighbours.sources(input, call));
  await bus.answer(searchPassages, (input, call) => neighbours.search(input, call));
};

const looksInto = (platform: TestPlatform): Pick<ChatWorld, 'statusesOf' | 'eventNames'> => ({
  statusesOf: async (sessionId) => {
    const rows = await platform.sql<{ word: string }>(
      `select role || ' ' || status || coalesce(' ' || failure_code, '') as word from conversation_history
       where session_id = $1 order by position`,
      [sessionId],
    );
    return rows.map(({ word }) => word);
  },
  eventNames: async (sessionId) => {
    const rows = await platform.sql<{ name: string }>(
      `select envelope->>'name' as name from outbox where envelope->'data'->>'session_id' = $1 order by id`,
      [sessionId],
    );
    return rows.map(({ name }) => name);
  },
});
