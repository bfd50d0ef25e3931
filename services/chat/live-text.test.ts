import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { joinLiveText } from './live-text.ts';

const collect = async (source: AsyncIterable<string>): Promise<string[]> => {
  const pieces: string[] = [];
  for await (const piece of joinLiveText(source)) pieces.push(piece);
  return pieces;
};

describe('live text', () => {
  it('joins what comes in the same turn of the event loop', async () => {
    const pieces = await collect(
      (async function* () {
        yield 'a';
        yield 'b';
        await delay(5);
        yield 'c';
      })(),
    );
    expect(pieces).toEqual(['ab', 'c']);
  });

  it('shows what came before a failure and then fails', async () => {
    const seen: string[] = [];
    const read = async (): Promise<void> => {
      const source = (async function* () {
        yield 'half';
        await delay(1);
        throw new Error('cut');
      })();
      for await (const piece of joinLiveText(source)) seen.push(piece);
    };
    await expect(read()).rejects.toThrow('cut');
    expect(seen).toEqual(['half']);
  });

  it('of a silent source is nothing', async () => {
    expect(await collect((async function* () {})())).toEqual([]);
  });
});
