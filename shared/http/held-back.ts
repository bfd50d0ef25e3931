import type { Code } from '../errors/codes.ts';
import { Failure } from '../errors/failure.ts';
import { neverSent } from './status.ts';

/** What kept a call from being made. */
type Holder = 'open breaker' | 'full bulkhead' | 'spent budget' | 'told to wait';

class HeldBack extends Error {
  override readonly name = 'HeldBack';
}

/** The failure of a call that was never sent: nothing happened outside, and it was no attempt. Worth trying after `retryAfterMs`. */
export const heldBack = (code: Code, by: Holder, retryAfterMs: number, cause?: unknown): Failure =>
  new Failure(code, { retryAfterMs: Math.ceil(retryAfterMs), cause: neverSent(new HeldBack(by, { cause })) });

/** True for a failure of a call that was never sent. Move its moment, but count no attempt. */
export const isHeldBack = (thrown: unknown): thrown is Failure =>
  thrown instanceof Failure && thrown.cause instanceof HeldBack;
