import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Response } from 'express';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openEventStream } from './event-stream.ts';
import type { OpenStreams } from './open-streams.ts';

const aResponse = (): Response => new ServerResponse(new IncomingMessage(new Socket())) as unknown as Response;

describe('an event stream', () => {
  let open: number;
  const streams: OpenStreams = {
    add: () => {
      open += 1;
      return () => void (open -= 1);
    },
    leaveAll: () => undefined,
  };
  beforeEach(() => {
    vi.useFakeTimers();
    open = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('to a client that left before it was opened holds no place and no timer, and says nothing', () => {
    const response = aResponse();
    response.destroy();
    const stream = openEventStream(response, streams, 'live');
    stream.begin();
    stream.send({ event: 'x', data: 1 });
    stream.end();
    expect(stream.signal.aborted).toBe(true);
    expect(response.headersSent).toBe(false);
    expect([open, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('to a client that does not read is ready for more when that has read, or is gone', async () => {
    const response = aResponse();
    const stream = openEventStream(response, streams, 'live');
    stream.send({ event: 'x', data: 'small' });
    await stream.readyForMore();
    stream.send({ event: 'x', data: 'x'.repeat(20_000) });
    const order: string[] = [];
    const ready = stream.readyForMore().then(() => order.push('ready'));
    await Promise.resolve().then(() => order.push('drained'));
    response.emit('drain');
    await ready;
    expect(order).toEqual(['drained', 'ready']);
    stream.send({ event: 'x', data: 'x'.repeat(20_000) });
    response.emit('close');
    await stream.readyForMore();
  });

  it('holds its place and its timer until the client leaves', () => {
    const response = aResponse();
    const stream = openEventStream(response, streams, 'live');
    stream.begin();
    expect([stream.signal.aborted, open, vi.getTimerCount()]).toEqual([false, 1, 1]);
    response.emit('close');
    expect([stream.signal.aborted, open, vi.getTimerCount()]).toEqual([true, 0, 0]);
  });
});
