import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  baseNameOf,
  baseStates,
  baseTransitions,
  cloudChunkingOf,
  etaSeconds,
  finishedOf,
  ingestPhaseOf,
  nextBaseState,
  pollDelayMs,
  uploadTextOf,
  type BaseSignal,
} from './domain.ts';

describe('the life of a knowledge base', () => {
  test('SPEC.md shows the table that the code has', () => {
    const spec = readFileSync(join(import.meta.dirname, 'SPEC.md'), 'utf8');
    const rows = spec.split('\n').filter((line) => line.startsWith('|'));
    const cells = (line: string): string[] =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
    const signals = cells(rows[0] ?? '').slice(1) as BaseSignal[];
    const table = Object.fromEntries<string[]>(
      rows.slice(2, 2 + baseStates.length).map((row) => [cells(row)[0] ?? '', cells(row).slice(1)]),
    );
    const code = Object.fromEntries(
      baseStates.map((state) => [
        state,
        signals.map((signal) => baseTransitions[state][signal]).map((next) => (next === 'same' ? '.' : next)),
      ]),
    );
    expect(table).toEqual(code);
  });

  test('nothing leaves deleting, and a removed domain leads there from everywhere', () => {
    expect(Object.values(baseTransitions.deleting).every((next) => next === 'same')).toBe(true);
    expect(baseStates.map((state) => nextBaseState(state, 'domain_removed'))).toEqual(baseStates.map(() => 'deleting'));
  });
});

describe('a job', () => {
  const indexed = { state: 'indexed', isAttached: true } as const;

  test('is done only when every document is failed or heard of in answers', () => {
    expect(ingestPhaseOf([indexed, { state: 'failed', isAttached: false }])).toBe('done');
    expect(ingestPhaseOf([indexed, { state: 'indexed', isAttached: false }])).toBe('attaching');
    expect(ingestPhaseOf([indexed, { state: 'uploading', isAttached: false }])).toBe('uploading');
    expect(ingestPhaseOf([indexed, { state: 'accepted', isAttached: false }])).toBe('extracting');
    expect(ingestPhaseOf([indexed, { state: 'indexing', isAttached: false }])).toBe('indexing');
    expect(ingestPhaseOf([indexed, { state: 'removing', isAttached: true }])).toBe('removing');
  });

  test('that brought nothing in has failed', () => {
    expect(ingestPhaseOf([{ state: 'failed', isAttached: false }])).toBe('failed');
  });

  test('counts what has reached its end', () => {
    expect(finishedOf([indexed, { state: 'indexed', isAttached: false }, { state: 'failed', isAttached: false }])).toBe(
      2,
    );
  });

  test('tells the time left by its pace', () => {
    expect(etaSeconds({ done: 1, total: 4, elapsedMs: 2000, typicalMs: null })).toBe(6);
    expect(etaSeconds({ done: 0, total: 4, elapsedMs: 1000, typicalMs: 9000 })).toBeNull();
    expect(etaSeconds({ done: 4, total: 4, elapsedMs: 1000, typicalMs: 9000 })).toBeNull();
  });

  test('with one thing to do tells the time left by what it usually takes, and nothing once it takes longer', () => {
    const job = { done: 0, total: 1, elapsedMs: 1000 };
    expect(etaSeconds({ ...job, typicalMs: 5500 })).toBe(5);
    expect(etaSeconds({ ...job, typicalMs: 900 })).toBeNull();
    expect(etaSeconds({ ...job, typicalMs: null })).toBeNull();
  });
});

describe('what goes to the cloud', () => {
  test('a name is one the cloud takes, whatever the ids are', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.stringMatching(/^[0-9a-f]{16}$/), (id, key) => {
        expect(baseNameOf('website-kb', key, id)).toMatch(/^[a-z0-9][a-z0-9-]{1,30}[a-z0-9]$/);
      }),
    );
  });

  test('a text without a heading gets its name as one, for the title of its passages', () => {
    expect(uploadTextOf({ name: 'Returns.pdf', text: 'Send it back.' })).toBe('# Returns\n\nSend it back.');
    expect(uploadTextOf({ name: 'a.md', text: '## Returns\n\nSend it back.' })).toBe('## Returns\n\nSend it back.');
    expect(uploadTextOf({ name: 'a.pdf', text: '<!-- page 1 -->\n# Returns' })).toBe('<!-- page 1 -->\n# Returns');
  });

  test('chunk sizes are given in tokens and never under what the cloud takes', () => {
    expect(cloudChunkingOf({ chunkSize: 1000, useSemantic: false }).chunking_options.max_chunk_size).toBe(250);
    expect(cloudChunkingOf({ chunkSize: 100, useSemantic: true }).chunking_options.max_chunk_size).toBe(100);
  });

  test('looks at the cloud grow apart and stay within their bound', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
        const delay = pollDelayMs(attempt, { minMs: 300, maxMs: 15_000 }, random);
        expect(delay).toBeGreaterThanOrEqual(225);
        expect(delay).toBeLessThanOrEqual(15_000 * 1.25);
      }),
    );
  });
});
