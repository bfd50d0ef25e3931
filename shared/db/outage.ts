import { unavailable } from './errors.ts';
import type { Probe } from './probe.ts';

/** Knows whether the database is away, so that an outage costs its callers neither waiting nor work. */
export interface Outage {
  /** Throws `service_unavailable` while the database is known to be away: nothing was asked of it, nothing was done. */
  readonly check: () => void;
  /** A call got no answer: worth a look. */
  readonly suspect: () => void;
  readonly end: () => void;
}

const lookMs = 250;
const answerMs = 1_000;

/**
 * One look at a time, over the probe's own connection: a pool that is busy or a transaction that took too long is no outage.
 * While it lasts the database is looked at four times a second, and callers go through again as soon as it answers.
 */
export const watchOutage = (probe: Pick<Probe, 'isReachable'>): Outage => {
  let isAway = false;
  let isLooking = false;
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    isAway = !(await probe.isReachable(answerMs));
    if (isAway && !isOver) timer = setTimeout(() => void look(), lookMs).unref();
    else isLooking = false;
  };
  return {
    check: () => {
      if (isAway) throw unavailable('known to be away');
    },
    suspect: () => {
      if (isLooking || isOver) return;
      isLooking = true;
      void look();
    },
    end: () => {
      isOver = true;
      clearTimeout(timer);
    },
  };
};
