import { expect, it } from 'vitest';
import { createQuarantine } from './quarantine.ts';

/** Work that says when it runs and ends when told. */
const createWork = (log: string[]) => {
  const ends = new Map<string, () => void>();
  return {
    of: (name: string) => () =>
      new Promise<void>((resolve) => {
        log.push(name);
        ends.set(name, resolve);
      }),
    end: async (name: string) => {
      ends.get(name)?.();
      await new Promise(setImmediate);
    },
  };
};

it('a suspect runs with nothing else, and nobody overtakes it', async () => {
  const log: string[] = [];
  const work = createWork(log);
  const quarantine = createQuarantine();
  const all = [
    quarantine.run(false, work.of('a')),
    quarantine.run(false, work.of('b')),
    quarantine.run(true, work.of('suspect')),
    quarantine.run(true, work.of('other suspect')),
    quarantine.run(false, work.of('c')),
    quarantine.run(false, work.of('d')),
  ];
  await new Promise(setImmediate);
  await work.end('a');
  expect(log).toEqual(['a', 'b']);
  await work.end('b');
  expect(log).toEqual(['a', 'b', 'suspect']);
  await work.end('suspect');
  expect(log).toEqual(['a', 'b', 'suspect', 'other suspect']);
  await work.end('other suspect');
  expect(log).toEqual(['a', 'b', 'suspect', 'other suspect', 'c', 'd']);
  await work.end('c');
  await work.end('d');
  await Promise.all(all);
});

it('work that fails lets the next one in', async () => {
  const quarantine = createQuarantine();
  const failing = quarantine.run(true, async () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  await expect(quarantine.run(true, async () => 'next')).resolves.toBe('next');
});
