/** One way of the outside to be hostile, as the emulator plays it for every request that it matches. */
export interface HostileMode {
  readonly name: string;
  readonly fault: Readonly<Record<string, unknown>>;
  /** Whom it happens to; both where nothing is said. */
  readonly happensTo?: 'agent';
  /** Which side's breaker is not what holds it: it is told when to come back, or nothing in the answer is wrong. */
  readonly opensNo?: readonly ('cloud' | 'agent')[];
}

/** Every action that the emulator has. */
export const hostileModes = ({ slowMs }: { readonly slowMs: number }): readonly HostileMode[] => [
  { name: '503', fault: { action: 'status', status: 503 } },
  { name: 'silence', fault: { action: 'hang' } },
  { name: 'half a body and silence', fault: { action: 'hang_body' } },
  { name: 'a byte a second', fault: { action: 'drip', every_ms: 1_000 } },
  { name: 'slower than the patience', fault: { action: 'slow_ms', slow_ms: slowMs } },
  { name: 'reset', fault: { action: 'reset' } },
  { name: 'HTML with 200', fault: { action: 'garbage' } },
  { name: 'a picture', fault: { action: 'wrong_type' } },
  { name: 'truncated JSON', fault: { action: 'truncate' } },
  { name: '50 MB', fault: { action: 'huge', bytes: 50_000_000 } },
  { name: 'gzip bomb', fault: { action: 'gzip_bomb', bytes: 50_000_000 } },
  { name: 'huge headers', fault: { action: 'huge_headers' } },
  { name: 'endless events', fault: { action: 'endless_sse', every_ms: 100 }, opensNo: ['agent'] },
  { name: 'redirect to loopback', fault: { action: 'redirect' } },
  // After the others of the cloud, because nobody asks it for a while.
  { name: '429', fault: { action: 'status', status: 429, retry_after: 5 }, opensNo: ['cloud', 'agent'] },
  // These have said something, which is what an agent is judged by.
  { name: 'an error in the stream', fault: { action: 'midstream_error' }, happensTo: 'agent', opensNo: ['agent'] },
  { name: 'reset in the stream', fault: { action: 'midstream_reset' }, happensTo: 'agent', opensNo: ['agent'] },
  { name: 'silence in the stream', fault: { action: 'midstream_hang' }, happensTo: 'agent', opensNo: ['agent'] },
];
