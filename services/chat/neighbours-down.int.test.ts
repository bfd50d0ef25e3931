import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Failure } from '../../shared/errors/failure.ts';
import { text } from './testing/agent.ts';
import { openWorld, type ChatWorld, type Neighbours } from './testing/world.ts';

let world: ChatWorld;
let calm: Neighbours;
beforeAll(async () => {
  world = await openWorld();
  calm = { ...world.neighbours };
});
afterAll(() => world.close());
afterEach(() => Object.assign(world.neighbours, calm));

describe('while memory', () => {
  const cases: readonly (readonly [string, Neighbours['recall']])[] = [
    ['is away', () => Promise.reject(new Failure('service_unavailable'))],
    ['is silent', () => new Promise(() => undefined)],
    ['fails', () => Promise.reject(new Error('boom'))],
    ['answers garbage', async () => ({ memories: 'many' }) as never],
  ];
  it.each(cases)('%s, the answer comes in time without it and says so', async (_, recall) => {
    world.agent.script(({ say, end }) => {
      say(text('Two days.'));
      end();
    });
    world.neighbours.recall = recall;
    for (const user_id of ['visitor', undefined]) {
      const session_id = await world.openSession();
      const startedAt = Date.now();
      const answer = await world.ask({ session_id, ...(user_id === undefined ? {} : { user_id }) });
      expect(answer).toMatchObject({ answer: 'Two days.', memories_used: 0, degraded: ['memory'] });
      expect(Date.now() - startedAt).toBeLessThan(1_000);
    }
  });
});

describe('while knowledge', () => {
  const cases: readonly (readonly [string, Neighbours['sources']])[] = [
    ['is away', () => Promise.reject(new Failure('service_unavailable'))],
    ['is silent', () => new Promise(() => undefined)],
    ['answers garbage', async () => ({ sources: [{ name: 1 }] }) as never],
  ];
  it.each(cases)('%s, citations name the document by its first heading instead of an id', async (_, sources) => {
    world.neighbours.sources = sources;
    const metadata = { section_title: 'Shipping > Delivery', page_number: 4 };
    const passage = { chunk_id: 1, filename: `${randomUUID()}.md`, page_content: 'It takes two days.', metadata };
    world.agent.script(({ say, end }) => {
      say({ ...text('Two days [[C1]].'), retrieval: { retrieved_data: [passage] } });
      end();
    });
    const answer = await world.ask({ session_id: await world.openSession() });
    expect(answer).toMatchObject({ answer: 'Two days [1].', sources: ['Shipping'], grounded: true });
    expect(answer.citations).toMatchObject([
      { document_id: null, document: 'Shipping', heading: 'Shipping > Delivery', page: 4, quote: 'It takes two days.' },
    ]);
  });
});
