import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { domainStates } from '../../shared/contracts/provisioning.ts';
import {
  agentNameOf,
  backoffMs,
  deploymentVerdict,
  isAgentOf,
  mergeSettings,
  pollMs,
  signals,
  transition,
  transitions,
  workingStates,
} from './domain.ts';

const tableInSpec = (): Record<string, Record<string, string>> => {
  const spec = readFileSync(new URL('SPEC.md', import.meta.url), 'utf8');
  const section = spec.split('## Transitions')[1]?.split('\n## ')[0] ?? '';
  const [head = [], , ...rows] = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replace('·', 'same')),
    );
  const named = (cells: string[]): Record<string, string> =>
    Object.fromEntries(cells.slice(1).map((cell, index) => [head[index + 1] ?? '', cell]));
  return Object.fromEntries(rows.map((cells) => [cells[0] ?? '', named(cells)]));
};

test('the table in SPEC.md and the one in the code are equal', () => {
  expect(tableInSpec()).toEqual(transitions);
});

test('whatever happens, removal leads to deleting and nothing leads out of it', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...signals)), (happened) => {
      const end = happened.reduce<(typeof domainStates)[number]>(
        (state, signal) => transition(state, signal) ?? state,
        'registered',
      );
      expect(end === 'deleting').toBe(happened.includes('removal_asked'));
    }),
  );
});

test('every state is reached, and from every working state a domain can become ready or go', () => {
  const reachableFrom = (start: (typeof domainStates)[number]): Set<string> => {
    const seen = new Set([start]);
    for (const state of seen) for (const signal of signals) seen.add(transition(state, signal) ?? state);
    return seen;
  };
  expect([...reachableFrom('registered')].sort()).toEqual([...domainStates].sort());
  for (const state of workingStates)
    expect([...reachableFrom(state)]).toContain(state === 'deleting' ? state : 'ready');
});

test('only a running deployment with an address is running; the three dead ends are lost; all else waits', () => {
  const url = 'https://abc.agents.do-ai.run';
  expect(deploymentVerdict({ status: 'STATUS_RUNNING', url })).toBe('running');
  expect(deploymentVerdict({ status: 'STATUS_RUNNING', url: null })).toBe('waiting');
  for (const status of ['STATUS_FAILED', 'STATUS_UNDEPLOYMENT_FAILED', 'STATUS_DELETED']) {
    expect(deploymentVerdict({ status, url })).toBe('lost');
  }
  for (const status of ['STATUS_UNKNOWN', 'STATUS_DEPLOYING', 'STATUS_BUILDING', 'STATUS_SOMETHING_NEW']) {
    expect(deploymentVerdict({ status, url })).toBe('waiting');
  }
});

test('agent names are legal in the cloud, end in the domain and are recognised under any prefix', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,18}$/), (id, other, prefix) => {
      const name = agentNameOf(prefix, id);
      expect(name).toMatch(/^[a-z0-9][a-z0-9-]{1,30}[a-z0-9]$/);
      expect(isAgentOf(id, name)).toBe(true);
      expect(isAgentOf(other, name)).toBe(other.slice(0, 13) === id.slice(0, 13));
    }),
  );
});

test('pauses stay within their bounds however often one tries', () => {
  const chances = fc.double({ min: 0, max: 0.999, noNaN: true });
  fc.assert(
    fc.property(fc.nat(), chances, (attempt, chance) => {
      expect(backoffMs(attempt, chance, { baseMs: 500, capMs: 30_000 })).toBeLessThanOrEqual(30_000);
      expect(pollMs(attempt, chance, { minMs: 2_000, maxMs: 15_000 })).toBeLessThanOrEqual(15_000);
      expect(pollMs(attempt, chance, { minMs: 2_000, maxMs: 15_000 })).toBeGreaterThanOrEqual(1_000);
    }),
  );
});

test('an update changes what it names and keeps the rest, inside the widget too', () => {
  const present = { suggested_questions: ['Where is my order?'], widget: { title: 'Help', primary_color: '#112233' } };
  expect(mergeSettings(present, { widget: { title: 'Ask us' } })).toEqual({
    suggested_questions: ['Where is my order?'],
    widget: { title: 'Ask us', primary_color: '#112233' },
  });
  expect(mergeSettings(present, { suggested_questions: [] })).toEqual({ ...present, suggested_questions: [] });
  expect(mergeSettings({}, {})).toEqual({});
});
