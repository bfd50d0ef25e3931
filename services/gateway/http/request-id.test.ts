import { trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/runtime/clock.ts';
import { requestIdOf, traceparentOf } from './request-id.ts';

const notTraced = trace.wrapSpanContext({ traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 });
const shape = /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/;

describe('the id of a request', () => {
  it.each(['abc', 'a-b_c.d', 'A'.repeat(64)])('%s is taken over', (given) => {
    expect(requestIdOf({ 'x-request-id': given }, systemClock)).toBe(given);
  });

  it.each(['', '.hidden', 'a b', 'a\tb', 'a,b', 'é', 'A'.repeat(65), '<script>', '../x'])('%j is replaced', (given) => {
    expect(requestIdOf({ 'x-request-id': given }, systemClock)).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('the place in a trace', () => {
  it('goes on in the trace of the caller', () => {
    const given = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const place = traceparentOf(notTraced, { traceparent: given }, systemClock);
    expect(place).toMatch(shape);
    expect(place).toContain('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(place).not.toContain('00f067aa0ba902b7');
  });

  it.each([
    '',
    'nonsense',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  ])('%j starts a trace of its own', (given) => {
    const place = traceparentOf(notTraced, { traceparent: given }, systemClock);
    expect(place).toMatch(shape);
    expect(place).not.toContain(`00-${'0'.repeat(32)}`);
  });

  it('is the span when there is one', () => {
    const span = trace.wrapSpanContext({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 });
    expect(traceparentOf(span, {}, systemClock)).toBe(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`);
  });
});
