import { randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Envelope } from '../contracts/message.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { envelopeOf, happened } from './conformance-world.ts';
import { createInProcessBus } from './in-process.ts';
import { openJournal, type Journal } from './journal.ts';

const logger = pino({ level: 'silent' });
let directory = '';
const reopen = (): Promise<Journal> => openJournal({ directory, logger });

const anEvent = (): Envelope => ({
  id: randomUUID(),
  name: 'SessionOpened',
  subject: 'evt.chat.session-opened.v1.0b0e8b1e-8f5e-4f83-9d3d-111111111111',
  occurred_at: '2026-01-01T00:00:00.000Z',
  domain_id: '0b0e8b1e-8f5e-4f83-9d3d-111111111111',
  correlation_id: 'c',
  causation_id: null,
  traceparent: null,
  data: {},
});

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('the journal', () => {
  it('gives events back after a restart, in order and at their places', async () => {
    const first = await reopen();
    const written = [anEvent(), anEvent(), anEvent()].map((event) => first.append(event));
    await first.flush();
    const second = await reopen();
    expect(second.after(0)).toEqual(written);
    expect(second.after(written[1]?.seq ?? 0)).toEqual(written.slice(2));
  });

  it('gives no place twice, even when a crash loses the newest lines', async () => {
    const first = await reopen();
    first.append(anEvent());
    await first.flush();
    const lost = first.append(anEvent());
    await first.flush();
    const path = join(directory, 'events.jsonl');
    const lines = (await readFile(path, 'utf8')).split('\n');
    await rm(path);
    await appendFile(path, `${lines[0] ?? ''}\n`);
    const second = await reopen();
    expect(second.append(anEvent()).seq).toBeGreaterThan(lost.seq);
  });

  it('passes over a torn last line and goes on behind it', async () => {
    const first = await reopen();
    const kept = first.append(anEvent());
    await first.flush();
    await appendFile(join(directory, 'events.jsonl'), '{"seq":2,"envel');
    const second = await reopen();
    const next = second.append(anEvent());
    await second.flush();
    expect((await reopen()).after(0)).toEqual([kept, next]);
  });

  it('keeps only the newest 10,000 events', async () => {
    const line = (seq: number): string => JSON.stringify({ seq, envelope: anEvent() });
    const lines = Array.from({ length: 10_500 }, (_, index) => line(index + 1));
    await appendFile(join(directory, 'events.jsonl'), `${lines.join('\n')}\n`);
    const journal = await reopen();
    expect(journal.after(0)).toHaveLength(10_000);
    expect(journal.after(0)[0]?.seq).toBe(501);
    expect((await readFile(join(directory, 'events.jsonl'), 'utf8')).split('\n')).toHaveLength(10_001);
  });

  it('takes the same envelope once', async () => {
    const journal = await reopen();
    const event = anEvent();
    expect(journal.append(event)).toBe(journal.append(event));
    expect(journal.after(0)).toHaveLength(1);
  });

  it('gives watchers of the bus their replay over a restart', async () => {
    const before = createInProcessBus({ clock, logger, journal: await reopen() });
    await before.publish(happened, envelopeOf(happened, 1));
    await before.drain(0);
    const after = createInProcessBus({ clock, logger, journal: await reopen() });
    const leaving = new AbortController();
    for await (const { envelope } of after.watch({ afterSeq: 0, signal: leaving.signal })) {
      expect(envelope.data).toEqual({ n: 1 });
      leaving.abort();
    }
    await after.drain(0);
  });
});
