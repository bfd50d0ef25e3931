import { kbAttached, kbDetached, kbRefused } from '../../shared/contracts/provisioning.ts';
import { toFailure } from '../../shared/errors/failure.ts';
import { failpoint } from '../../shared/runtime/failpoint.ts';
import { withOrigin } from '../../shared/telemetry/origin.ts';
import { createWorker, type Worker } from '../../shared/work/worker.ts';
import { backoffMs } from './domain.ts';
import type { Messaging } from '../../shared/outbox/messaging.ts';
import type { Platform } from '../../shared/runtime/platform.ts';
import type { StepDeps } from './steps/step.ts';
import {
  claimAttachments,
  releaseAttachment,
  saveAttached,
  saveAttempt,
  saveDetached,
  type ClaimedAttachment,
} from './store/attachments.ts';

const pollMs = 1_000;
const concurrency = 4;
const refusalsMax = 20;
// Outages are not counted, so their pause does not grow: full jitter up to 8 s.
const outageAttempt = 4;

interface AttachDeps extends Pick<Platform, 'clock' | 'database' | 'logger'>, Pick<StepDeps, 'config' | 'gradient'> {
  readonly messaging: Pick<Messaging, 'emit' | 'transaction'>;
}

/** Attaches what is wanted and detaches what is not. Both may be repeated, so a lost lease does no harm. */
export const startAttaching = (deps: AttachDeps): Worker => {
  const { clock, config, database, logger } = deps;
  const worker = createWorker<ClaimedAttachment>({
    name: 'provisioning attachments',
    clock,
    logger,
    pollMs,
    concurrency,
    claim: (limit) =>
      database.run((client) => claimAttachments(client, { owner: clock.newId(), ms: config.leaseMs }, limit)),
    run: (attachment, signal) =>
      withOrigin(attachment, async () => {
        try {
          const saved =
            attachment.state === 'wanted'
              ? await attach(deps, attachment, signal)
              : await detach(deps, attachment, signal);
          if (!saved) await database.run((client) => releaseAttachment(client, attachment));
        } catch (thrown) {
          const afterMs = await postpone(deps, attachment, thrown);
          if (afterMs < pollMs) worker.wake(afterMs);
        }
      }),
  });
  return worker;
};

const attach = async (deps: AttachDeps, attachment: ClaimedAttachment, signal: AbortSignal): Promise<boolean> => {
  const { agentUuid, domainId, kbUuid } = attachment;
  if (agentUuid === null) return false;
  try {
    await failpoint('provisioning.attaching.before_call');
    await deps.gradient.attachBase(agentUuid, kbUuid, signal);
    await failpoint('provisioning.attaching.after_call');
  } catch (thrown) {
    // Whatever words the cloud has for "attached already": what counts is whether it is.
    const agent = toFailure(thrown).retryable ? null : await deps.gradient.getAgent(agentUuid, signal);
    if (agent?.kbUuids.includes(kbUuid) !== true) throw thrown;
  }
  const saved = await deps.messaging.transaction(async (tx) => {
    if (!(await saveAttached(tx, attachment))) return false;
    await deps.messaging.emit(tx, kbAttached, { domainId, data: { agent_uuid: agentUuid, kb_uuid: kbUuid } });
    await failpoint('provisioning.attaching.before_commit');
    return true;
  });
  await failpoint('provisioning.attaching.after_commit');
  return saved;
};

const detach = async (deps: AttachDeps, attachment: ClaimedAttachment, signal: AbortSignal): Promise<boolean> => {
  const { agentUuid, domainId, kbUuid } = attachment;
  if (agentUuid !== null) await deps.gradient.detachBase(agentUuid, kbUuid, signal);
  return deps.messaging.transaction(async (tx) => {
    if (!(await saveDetached(tx, attachment))) return false;
    await deps.messaging.emit(tx, kbDetached, { domainId, data: { kb_uuid: kbUuid } });
    return true;
  });
};

/** An outage is waited for without end; refusals are counted, because a base that cannot be attached is a defect to see. Tells the pause. */
const postpone = async (deps: AttachDeps, attachment: ClaimedAttachment, thrown: unknown): Promise<number> => {
  const { clock, config, logger, messaging } = deps;
  const failure = toFailure(thrown);
  const attempt = failure.retryable ? attachment.attempt : attachment.attempt + 1;
  const givesUp = attachment.state === 'wanted' && attempt >= refusalsMax;
  const log = { err: failure, domain_id: attachment.domainId, kb_uuid: attachment.kbUuid, attempt };
  logger[givesUp ? 'error' : 'warn'](log, givesUp ? 'attachment given up' : 'attachment did not succeed');
  const pauseMs = backoffMs(failure.retryable ? outageAttempt : attempt, clock.random(), {
    baseMs: 500,
    capMs: config.retryCapMs,
  });
  const afterMs = Math.max(pauseMs, failure.retryAfterMs ?? 0);
  const next = {
    state: givesUp ? 'refused' : attachment.state,
    attempt,
    afterMs,
    error: failure.message.slice(0, 500),
  } as const;
  await messaging.transaction(async (tx) => {
    const state = await saveAttempt(tx, attachment, next);
    if (state !== 'refused') return;
    const { domainId, kbUuid } = attachment;
    const error = { code: failure.code, message: failure.detail };
    await messaging.emit(tx, kbRefused, { domainId, data: { kb_uuid: kbUuid, error } });
  });
  return afterMs;
};
