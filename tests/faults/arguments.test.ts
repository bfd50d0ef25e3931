import { expect, test } from 'vitest';
import { readArguments } from './arguments.ts';
import { scenarios } from './scenarios/index.ts';

const read = (...given: readonly string[]) => readArguments(given, scenarios);

test('scenarios are asked for by name, several, or all', () => {
  expect(read('--scenario', 'f1', '--n', '20', '--seed', '9', '--quick')).toMatchObject({
    scenarios: [{ name: 'F1' }],
    n: 20,
    seed: 9,
    isQuick: true,
  });
  expect(read('--scenario', 'all')).toMatchObject({ scenarios, n: undefined, isQuick: false });
});

test('without a scenario, or with one that is none, the help tells which there are', () => {
  for (const given of [[], ['--help'], ['--scenario', 'F99'], ['--scenario', 'F1', '--n', 'many'], ['--what']]) {
    expect(read(...given), given.join(' ')).toContain('F1   registrations');
  }
});

test('every scenario has a name of its own and figures to reach', () => {
  expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
  expect(scenarios.filter(({ figures }) => figures.length === 0)).toEqual([]);
});
