import { expect, test } from 'vitest';
import { parseSse, type ServerSentEvent } from './sse.ts';

const parse = async (text: string, chunkBytes = 7, charsMax?: number): Promise<ServerSentEvent[]> => {
  const bytes = new TextEncoder().encode(text);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  const events: ServerSentEvent[] = [];
  for await (const event of parseSse(chunks(), charsMax)) events.push(event);
  return events;
};

test.each([1, 2, 3, 1000])('events are the same in chunks of %i bytes', async (chunkBytes) => {
  const text = '\uFEFF: hello\r\nevent: token\r\ndata: Grüße\r\ndata:zwei\r\n\r\nid: 7\rdata: x\r\rdata: y\n\n';
  expect(await parse(text, chunkBytes)).toEqual([
    { event: 'token', id: '', data: 'Grüße\nzwei' },
    { event: 'message', id: '7', data: 'x' },
    { event: 'message', id: '7', data: 'y' },
  ]);
});

test('an event without data or without its blank line is none', async () => {
  expect(await parse('event: ping\n\ndata: unfinished\n')).toEqual([]);
});

test('an endless line ends the stream instead of filling the memory', async () => {
  await expect(parse(`data: ${'x'.repeat(5000)}`, 100, 1000)).rejects.toThrow(RangeError);
  await expect(parse('data: y\n'.repeat(1000), 100, 1000)).rejects.toThrow(RangeError);
});

test('a long line in tiny chunks takes linear time', async () => {
  const [event] = await parse(`data: ${'x'.repeat(500_000)}\n\n`, 16);
  expect(event?.data).toHaveLength(500_000);
});
