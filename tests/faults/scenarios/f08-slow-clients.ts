import { connect } from 'node:net';
import { adminKey, createApi, type Site } from '../../support/api.ts';
import { watchMemory } from '../memory.ts';
import type { Scenario } from '../scenario.ts';
import { openVisitors, timeOf, type Asked } from '../visitors.ts';

/** Clients that hold connections and give nothing for them do not take the place of those who ask. */
export const slowClients: Scenario = {
  name: 'F8',
  title: '1,000 sockets that drip and 200 readers of events that never read',
  isInCi: false,
  sizes: { full: 1_000, quick: 200 },
  limitMs: { full: 240_000, quick: 120_000 },
  figures: [
    { name: 'failed', atMost: 0 },
    { name: 'closed', atLeast: 100 },
    { name: 'closed_max_ms', atMost: 12_000, isOfFullRuns: true },
    { name: 'rss_max_mb', atMost: 400 },
    { name: 'p99_ratio', atMost: 2, isOfFullRuns: true },
    { name: 'crashes', atMost: 0 },
  ],
  run: async ({ n, isQuick, openWorld, say }) => {
    const world = await openWorld();
    const url = world.client.url();
    const site = await createApi(url).register('f8.example');
    await site.untilState('ready');
    const visitors = await openVisitors(url, site, 100);
    const ms = isQuick ? 10_000 : 30_000;
    await visitors.atPace(perSecond, 5_000);
    const calm = await visitors.atPace(perSecond, ms);
    say(`alone: p99 ${timeOf(calm, 0.99, isAnswer)} ms`);

    const gateway = world.of('gateway')[0];
    const attack = startAttack({ port: Number(new URL(url).port), site, sockets: n, readers: Math.round(n / 5) });
    const memory = watchMemory(gateway?.pid() ?? 0);
    const asked = await visitors.atPace(perSecond, ms);
    say(`under attack: p99 ${timeOf(asked, 0.99, isAnswer)} ms`);
    const { openMs, readersServed } = await attack.stop();
    visitors.leave();
    return {
      kills: {},
      ok: answers(asked),
      lost: 0,
      duplicate: 0,
      recovered: 0,
      unexpected: 0,
      failed: calm.length + asked.length - answers(calm) - answers(asked),
      closed: openMs.length,
      closed_max_ms: Math.round(Math.max(...openMs)),
      readers: readersServed,
      rss_max_mb: await memory.stop(),
      p99_ms: timeOf(asked, 0.99, isAnswer),
      p99_ratio: Math.round((100 * timeOf(asked, 0.99, isAnswer)) / timeOf(calm, 0.99, isAnswer)) / 100,
      crashes: world.crashes().length,
    };
  },
};

const perSecond = 15;
const isAnswer = (status: number): boolean => status === 200;
const answers = (asked: readonly Asked[]): number => asked.filter(({ status }) => isAnswer(status)).length;

interface Attack {
  readonly port: number;
  readonly site: Site;
  readonly sockets: number;
  readonly readers: number;
}

/** All the ways to keep a server waiting: for a word, for headers, for a body, for an upload. */
const startAttack = ({ port, site, sockets, readers }: Attack) => {
  const head = (method: string, path: string, ...headers: string[]): string =>
    [`${method} ${path} HTTP/1.1`, 'Host: f8', ...headers, '', ''].join('\r\n');
  const owner = `Authorization: Bearer ${site.apiKey}`;
  const beginnings = [
    '',
    'GET / HTTP/1.1\r\nHost: f8\r\nX-Slow: ',
    head('POST', '/ask', owner, 'Content-Type: application/json', 'Content-Length: 1000'),
    head(
      'POST',
      '/knowledge/upload/file',
      owner,
      'Content-Type: multipart/form-data; boundary=b',
      'Content-Length: 9999',
    ),
    head('GET', '/health/live', 'Content-Length: 1000'),
  ];
  const openMs: number[] = [];
  let isOver = false;
  const drip = async (beginning: string): Promise<void> => {
    while (!isOver) openMs.push(await heldOpen(port, beginning));
  };
  const dripping = Promise.all(
    Array.from({ length: sockets }, (_, index) => drip(beginnings[index % beginnings.length] ?? '')),
  );
  const watching = Array.from({ length: readers }, (_, index) =>
    // From several addresses, since one alone is given few streams.
    readNothing(
      port,
      `127.0.0.${2 + (index % 8)}`,
      head('GET', '/events?from=start', `Authorization: Bearer ${adminKey}`),
    ),
  );
  return {
    stop: async () => {
      isOver = true;
      await dripping;
      const served = watching.filter((reader) => reader.leave());
      return { openMs, readersServed: served.length };
    },
  };
};

/** Sends a byte a second where a request has begun; resolves with how long it was let. */
const heldOpen = (port: number, beginning: string): Promise<number> =>
  new Promise((resolve) => {
    const startedAt = performance.now();
    const socket = connect(port, '127.0.0.1', () => socket.write(beginning));
    const timer = setInterval(() => {
      if (beginning !== '' && socket.writable) socket.write('x');
    }, 1_000);
    socket.resume();
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearInterval(timer);
      resolve(performance.now() - startedAt);
    });
  });

/** Asks for events and reads none. `leave` tells whether it was served until then. */
const readNothing = (port: number, localAddress: string, request: string) => {
  const socket = connect({ port, host: '127.0.0.1', localAddress }, () => socket.write(request));
  socket.on('error', () => undefined);
  socket.pause();
  return {
    leave: (): boolean => {
      const wasOpen = !socket.destroyed;
      socket.destroy();
      return wasOpen;
    },
  };
};
