import { Worker } from 'node:worker_threads';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Running } from '../../../shared/runtime/platform.ts';
import { workerSource, workerUrl } from '../worker-url.ts';
import { searchReply, type SearchOutcome, type SearchTask } from './search-task.ts';

/** The thread that keeps and searches indexes: neither making one nor a search may hold up this process's other work. */
export interface Searcher extends Running {
  /**
   * `failed` when this very task failed, took too long or wanted too much memory. Throws `service_unavailable` when the
   * thread ended for another reason. After either it is started anew, without its indexes, by the next task. Throws
   * `overloaded` when too many tasks wait.
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
  readonly task: SearchTask;
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
    begun.worker.once('error', (error) => {
      if (isOutOfMemory(error)) blameBuild(begun);
      void end(begun, new Error(String(error)));
    });
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
      const ours = thread;
      if (ours.waiting.size >= waitingMax) return Promise.reject(new Failure('overloaded', { retryAfterMs: 2_000 }));
      restLater();
      const id = (lastId += 1);
      return hand(ours, { id, task }, options.taskMs, (cause) => void end(ours, cause));
    },
    stop: async () => {
      clearTimeout(idle);
      if (thread !== undefined) await end(thread, new Error('the service is stopping'));
    },
  };
};

const hand = (
  { worker, waiting }: Thread,
  request: { readonly id: number; readonly task: SearchTask },
  taskMs: number,
  endThread: (cause: Error) => void,
): Promise<SearchOutcome> =>
  new Promise((resolve, reject) => {
    const done = (): void => {
      clearTimeout(timer);
      waiting.delete(request.id);
    };
    const settle = (outcome: SearchOutcome): void => {
      done();
      resolve(outcome);
    };
    const fail = (cause: Error): void => {
      done();
      reject(new Failure('service_unavailable', { cause }));
    };
    const reason = `silent for ${taskMs} ms`;
    const timer = setTimeout(() => {
      settle({ kind: 'failed', reason });
      endThread(new Error(reason));
    }, taskMs);
    waiting.set(request.id, { task: request.task, settle, fail, timer });
    worker.postMessage(request);
  });

/** Searches need next to nothing: it is the index in the making that did not fit. */
const blameBuild = ({ waiting }: Thread): void => {
  const builds = [...waiting.values()].filter(({ task }) => task.kind === 'build');
  for (const { settle } of builds) settle({ kind: 'failed', reason: 'out of memory' });
};

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';

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
