import { expect, test } from 'vitest';
import { serverKnows, serverWarning } from './server-features.ts';

test.each([
  ['2.8.4', false],
  ['2.9.0', true],
  ['2.9.10', true],
  ['2.10.0-RC.1', true],
  ['3.0.0', true],
  ['dev', false],
])('%s runs us: %s', (version, runs) => {
  expect(serverKnows('ours', version)).toBe(runs);
});

test('a server that cannot sync each message is told of, a newer one is not', () => {
  expect(serverWarning('2.9.10')).toContain('2.9.10');
  expect(serverWarning('2.10.0')).toBeUndefined();
});
