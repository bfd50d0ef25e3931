import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Site } from '../support/api.ts';
import { percentile } from './percentile.ts';

/** One question that was tried once. */
export interface Asked {
  /** 0 when no answer came. */
  readonly status: number;
  readonly ms: number;
}

export interface Visitors {
  /** Questions at a steady pace, whatever becomes of those before: a crowd does not wait for itself. */
  readonly atPace: (perSecond: number, ms: number) => Promise<readonly Asked[]>;
  /** Each of so many asks again as soon as it has its answer. */
  readonly inLanes: (lanes: number, ms: number) => Promise<readonly Asked[]>;
  readonly leave: () => void;
}

const tickMs = 5;
const timeoutMs = 30_000;

/** Visitors of one site with as many sessions, which take turns: a session has one question at a time. */
export const openVisitors = async (url: string, site: Site, sessions: number): Promise<Visitors> => {
  const agent = new Agent({ keepAlive: true });
  const ids: string[] = [];
  while (ids.length < sessions) ids.push((await site.openSession()).session_id);
  let next = 0;
  const ask = (): Promise<Asked> => {
    const session_id = ids[next % ids.length];
    next += 1;
    return post(agent, `${url}/ask`, site, { question: `How long does shipping take? (${next})`, session_id });
  };
  return {
    atPace: async (perSecond, ms) => {
      const startedAt = performance.now();
      const asked: Promise<Asked>[] = [];
      for (let elapsed = 0; elapsed < ms; elapsed = performance.now() - startedAt) {
        while (asked.length < (elapsed * perSecond) / 1000) asked.push(ask());
        await sleep(tickMs);
      }
      return Promise.all(asked);
    },
    inLanes: async (lanes, ms) => {
      const until = performance.now() + ms;
      const asked: Asked[] = [];
      const lane = async (): Promise<void> => {
        while (performance.now() < until) asked.push(await ask());
      };
      await Promise.all(Array.from({ length: lanes }, lane));
      return asked;
    },
    leave: () => agent.destroy(),
  };
};

/** Milliseconds in which a share of those with this status had their answer. */
export const timeOf = (asked: readonly Asked[], share: number, isOne: (status: number) => boolean): number =>
  Math.round(
    percentile(
      asked.filter(({ status }) => isOne(status)).map(({ ms }) => ms),
      share,
    ),
  );

const post = (agent: Agent, url: string, { domainId, name }: Site, content: unknown): Promise<Asked> =>
  new Promise((resolve) => {
    const startedAt = performance.now();
    const settle = (status: number): void => resolve({ status, ms: performance.now() - startedAt });
    const headers = { 'content-type': 'application/json', 'x-domain-id': domainId, origin: `https://${name}` };
    const sent = request(url, { method: 'POST', agent, headers, timeout: timeoutMs }, (response) => {
      response.once('error', () => settle(0));
      response.once('end', () => settle(response.statusCode ?? 0));
      response.resume();
    });
    sent.once('error', () => settle(0));
    sent.once('timeout', () => sent.destroy());
    sent.end(JSON.stringify(content));
  });
