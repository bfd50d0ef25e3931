import type { ServerResponse } from 'node:http';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Clock } from '../../../shared/runtime/clock.ts';
import { scatteredRetryMs, type Pressure } from '../../../shared/runtime/pressure.ts';
import { refusals } from '../../../shared/telemetry/metrics.ts';
import type { GatewayConfig } from '../config.ts';
import type { Tag } from './route.ts';

/** What a request is for, by rank: a visitor waits for chat, an owner for ingestion, a script for provisioning. */
type Work = 'chat' | 'ingestion' | 'provisioning';

interface Share {
  /** Of the requests in flight: places of its own, so that one kind of work cannot take those of another. */
  readonly ofPlaces: number;
  /** Of what the process can bear: the lower ranks are refused first. */
  readonly ofPressure: number;
}

const shares: Readonly<Record<Work, Share>> = {
  chat: { ofPlaces: 0.6, ofPressure: 1 },
  ingestion: { ofPlaces: 0.25, ofPressure: 0.75 },
  provisioning: { ofPlaces: 0.15, ofPressure: 0.5 },
};

const workOf: Readonly<Record<Tag, Work>> = {
  conversation: 'chat',
  knowledge: 'ingestion',
  registration: 'provisioning',
  domains: 'provisioning',
  memory: 'provisioning',
  demo: 'provisioning',
  // Of domains; who operates the system is not asked to enter.
  operation: 'provisioning',
};

/** Gives a place back; a second call does nothing. */
type Leave = () => void;

/** Decides before anything is spent on a request, its credential and its body included, whether it may be worked on. */
export interface Admission {
  /** Takes a place until the response closes or `Leave` is called. Throws `overloaded`. */
  readonly enter: (tag: Tag, response: ServerResponse) => Leave;
  /** The same for one domain's requests of one kind of work: its uploads do not keep its visitors out. Throws `rate_limited`. */
  readonly enterDomain: (tag: Tag, domainId: string, response: ServerResponse) => Leave;
}

interface AdmissionParts {
  readonly config: Pick<GatewayConfig, 'inFlightMax' | 'domainInFlightMax'>;
  readonly pressure: Pressure;
  readonly clock: Clock;
}

export const createAdmission = ({ config, pressure, clock }: AdmissionParts): Admission => {
  const places = createPlaces();
  const domains = createPlaces();
  return {
    enter: (tag, response) => {
      const work = workOf[tag];
      const { ofPlaces, ofPressure } = shares[work];
      pressure.admit(ofPressure);
      const leave = places.take(work, Math.ceil(config.inFlightMax * ofPlaces), response);
      if (leave !== undefined) return leave;
      refusals.inc({ reason: work });
      throw new Failure('overloaded', { retryAfterMs: scatteredRetryMs(clock) });
    },
    enterDomain: (tag, domainId, response) => {
      const leave = domains.take(`${workOf[tag]} ${domainId}`, config.domainInFlightMax, response);
      if (leave !== undefined) return leave;
      refusals.inc({ reason: 'domain' });
      throw new Failure('rate_limited', {
        detail: 'Too many requests of this domain are under way',
        retryAfterMs: scatteredRetryMs(clock),
      });
    },
  };
};

const createPlaces = () => {
  const taken = new Map<string, number>();
  return {
    take: (name: string, max: number, response: ServerResponse): Leave | undefined => {
      const count = taken.get(name) ?? 0;
      if (count >= max) return undefined;
      // Who left meanwhile has closed already and will not again.
      if (response.closed) return () => undefined;
      taken.set(name, count + 1);
      let isTaken = true;
      const leave = (): void => {
        if (!isTaken) return;
        isTaken = false;
        const left = (taken.get(name) ?? 1) - 1;
        if (left === 0) taken.delete(name);
        else taken.set(name, left);
      };
      response.once('close', leave);
      return leave;
    },
  };
};
