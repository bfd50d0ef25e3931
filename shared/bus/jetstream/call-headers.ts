import { headers, type Msg, type MsgHdrs } from '@nats-io/transport-node';
import type { Clock } from '../../runtime/clock.ts';
import { currentTraceparent } from '../../telemetry/span.ts';
import type { Incoming } from '../observed.ts';
import type { CallContext } from '../port.ts';

/** Marks a reply whose body is a WireFailure. */
export const failureHeader = 'x-failure';

// A question of somebody else's making, without a deadline, gets this long.
const deadlineMsDefault = 30_000;

export const callHeaders = (context: CallContext): MsgHdrs => {
  const carried = headers();
  carried.set('x-deadline', `${Math.ceil(context.deadlineAt)}`);
  carried.set('x-correlation-id', context.correlationId);
  const traceparent = currentTraceparent();
  if (traceparent !== null) carried.set('traceparent', traceparent);
  return carried;
};

/** `subject` is the contract's. */
export const incomingOf = (message: Msg, subject: string, clock: Clock): Incoming => {
  const carried = message.headers;
  const deadlineAt = Number(carried?.get('x-deadline') ?? '');
  const traceparent = carried?.get('traceparent') ?? '';
  return {
    subject,
    text: message.string(),
    deadlineAt: deadlineAt > 0 ? deadlineAt : clock.now() + deadlineMsDefault,
    correlationId: carried?.get('x-correlation-id') ?? '',
    traceparent: traceparent === '' ? null : traceparent,
  };
};
