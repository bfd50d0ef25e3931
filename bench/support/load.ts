import { Agent, request } from 'node:http';

export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A fresh body for each request; `worker` is 0 ≤ w < concurrency and has one request under way at a time. */
  readonly body: (index: number, worker: number) => unknown;
  readonly requests: number;
  /** Requests under way at once. */
  readonly concurrency: number;
}

export interface LoadResult {
  readonly ok: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Sends a bounded number of POSTs over kept-alive connections, each worker one after the other. */
export const runLoad = async (load: Load): Promise<LoadResult> => {
  const agent = new Agent({ keepAlive: true, maxSockets: load.concurrency });
  const latencies: number[] = [];
  const failed: Record<string, number> = {};
  let next = 0;
  const work = async (_: unknown, worker: number): Promise<void> => {
    while (next < load.requests) {
      const index = next++;
      const started = performance.now();
      const status = await post(agent, load, load.body(index, worker));
      if (status === 200) latencies.push(performance.now() - started);
      else failed[status] = (failed[status] ?? 0) + 1;
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: load.concurrency }, work));
  const seconds = (performance.now() - started) / 1000;
  agent.destroy();
  latencies.sort((left, right) => left - right);
  const at = (share: number): number => latencies[Math.floor((latencies.length - 1) * share)] ?? Number.NaN;
  return {
    ok: latencies.length,
    failed,
    seconds,
    perSecond: latencies.length / seconds,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
};

const post = (agent: Agent, load: Load, content: unknown): Promise<number | 'error'> =>
  new Promise((resolve) => {
    const body = JSON.stringify(content);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...load.headers };
    const sent = request(load.url, { method: 'POST', agent, headers, timeout: 60_000 }, (response) => {
      response.on('error', () => resolve('error'));
      response.on('end', () => resolve(response.statusCode ?? 'error'));
      response.resume();
    });
    sent.on('error', () => resolve('error'));
    sent.on('timeout', () => sent.destroy());
    sent.end(body);
  });
