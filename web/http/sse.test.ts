import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSseParser, type ServerEvent } from './sse.ts';

const parse = (pieces: readonly string[]): ServerEvent[] => {
  const events: ServerEvent[] = [];
  const feed = createSseParser((event) => events.push(event));
  for (const piece of pieces) feed(piece);
  return events;
};

describe('the event stream parser', () => {
  it('reads id, event and data, and ignores keep-alive comments', () => {
    expect(parse([': hello\n\nid: 7\nevent: token\ndata: {"text":"a"}\n\n'])).toEqual([
      { id: '7', event: 'token', data: '{"text":"a"}' },
    ]);
  });

  it('joins several data lines and names an event without a name "message"', () => {
    expect(parse(['data: a\ndata:b\n\n'])).toEqual([{ id: '', event: 'message', data: 'a\nb' }]);
  });

  it('gives nothing for an event that was cut off', () => {
    expect(parse(['event: end\ndata: {"answer":'])).toEqual([]);
  });

  it('drops an event that never ends instead of growing for ever', () => {
    const feed = createSseParser(() => expect.unreachable());
    for (let piece = 0; piece < 30; piece += 1) feed(`data: ${'x'.repeat(50_000)}`);
  });

  it('gives the same events wherever the stream is cut and whatever its line ends are', () => {
    const stream = ': hi\n\nid: 1\nevent: meta\ndata: {}\n\nevent: token\ndata: one\ndata: two\n\ndata: end\n\n';
    const whole = parse([stream]);
    fc.assert(
      fc.property(fc.constantFrom('\n', '\r\n', '\r'), fc.array(fc.nat(stream.length * 2)), (lineEnd, cuts) => {
        const text = stream.replaceAll('\n', lineEnd);
        const places = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((end, index) => text.slice(places[index], end));
        expect(parse(pieces).length).toBeGreaterThanOrEqual(whole.length - 1);
        expect(parse([...pieces, '\n'])).toEqual(whole);
      }),
    );
  });
});
