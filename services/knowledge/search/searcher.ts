import { Worker } from 'node:worker_threads';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Running } from '../../../shared/runtime/platform.ts';
import { workerSource, workerUrl } from '../worker-url.ts';
import { searchReply, type SearchOutcome, type SearchTask } from './search-task.ts';

/** The thread that keeps and searches indexes: neither making one nor a search may hold up this process's other work. */
export interface Searcher extends Running {
  /**
   * Throws `service_unavailable` when the thread failed or stayed silent; it is then started anew, without its indexes,
   * by the next task. Throws `overloaded` when too many tasks wait.
   */
  readonly run: (task: SearchTask) => Promise<SearchOutcome>;
}

interface SearcherOptions {
  /** Chunks kept in all. */
  readonly chunksMax: number;
  /** Longest time for one task; a thread over it is ended. */
  readonly taskMs: number;
  /** Without a task for so long the thread ends and gives its memory back. */
  readonly idleMs: number;
}

interface Waiting {
  readonly settle: (outcome: SearchOutcome) => void;
  readonly fail: (cause: Error) => void;
  readonly timer: NodeJS.Timeout;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

const waitingMax = 64;
const heapMbPerThousandChunks = 50;
const heapMbBesides = 128;

/** Nothing is started before the first task: while all agents answer there is no thread. */
export const createSearcher = (options: SearcherOptions): Searcher => {
  let thread: Thread | undefined;
  let idle: NodeJS.Timeout | undefined;
  let lastId = 0;

  const end = async (ended: Thread, cause: Error): Promise<void> => {
    if (thread === ended) thread = undefined;
    for (const { fail } of ended.waiting.values()) fail(cause);
    await ended.worker.terminate();
  };
  const begin = (): Thread => {
    const begun: Thread = { worker: startWorker(options), waiting: new Map() };
    begun.worker.on('message', (message: unknown) => {
      const { id, outcome } = searchReply.parse(message);
      begun.waiting.get(id)?.settle(outcome);
    });
    begun.worker.once('error', (error) => void end(begun, new Error(String(error))));
    begun.worker.once('exit', (code) => void end(begun, new Error(`the search thread ended with ${code}`)));
    return begun;
  };
  const restLater = (): void => {
    clearTimeout(idle);
    idle = setTimeout(() => {
      if (thread?.waiting.size === 0) void end(thread, new Error('idle'));
    }, options.idleMs);
    idle.unref();
  };

  return {
    run: (task) => {
      thread ??= begin();
      const { worker, waiting } = thread;
      const ours = thread;
      if (waiting.size >= waitingMax) return Promise.reject(new Failure('overloaded', { retryAfterMs: 2_000 }));
      restLater();
      const id = (lastId += 1);
      return new Promise<SearchOutcome>((resolve, reject) => {
        const done = (): void => {
          clearTimeout(timer);
          waiting.delete(id);
        };
        const timer = setTimeout(() => void end(ours, new Error(`silent for ${options.taskMs} ms`)), options.taskMs);
        const fail = (cause: Error): void => {
          done();
          reject(new Failure('service_unavailable', { cause }));
        };
        const settle = (outcome: SearchOutcome): void => {
          done();
          if (outcome.kind === 'failed') fail(new Error(outcome.reason));
          else resolve(outcome);
        };
        waiting.set(id, { settle, fail, timer });
        worker.postMessage({ id, task });
      });
    },
    stop: async () => {
      clearTimeout(idle);
      if (thread !== undefined) await end(thread, new Error('the service is stopping'));
    },
  };
};

const startWorker = ({ chunksMax }: SearcherOptions): Worker => {
  const source = workerSource(workerUrl('search/search-worker'));
  return new Worker(source.entry, {
    eval: source.isCode,
    workerData: { chunksMax },
    resourceLimits: {
      maxOldGenerationSizeMb: heapMbBesides + Math.ceil((chunksMax / 1000) * heapMbPerThousandChunks),
      maxYoungGenerationSizeMb: 32,
    },
    env: {},
  });
};
