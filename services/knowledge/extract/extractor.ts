import { Worker } from 'node:worker_threads';
import { Failure } from '../../../shared/errors/failure.ts';
import type { DocumentInput, ExtractedDocument } from './extract-document.ts';
import { runExtractTask, type ExtractOutcome, type ExtractTask, type WorkerMessage } from './extract-task.ts';
import { tooComplex } from './limits.ts';
import { MemoryBreach, watchMemory } from './memory-watch.ts';
import type { PageInput, PageReading } from './read-page.ts';
import { createSlots } from './slots.ts';
import { isPlainUtf8, markOf } from './unicode.ts';
import { workerSource, workerUrl } from '../worker-url.ts';

export interface ExtractorOptions {
  /** Entry of the worker; default `extract-worker` beside this code. */
  readonly workerUrl?: URL;
  /** Life of one worker. Default 20 s. */
  readonly timeoutMs?: number;
  /** Heap of one worker. Default 384 MB. */
  readonly heapMb?: number;
  /** What the process may grow by while a worker runs, heap and buffers. Default 800 MB. */
  readonly growthMb?: number;
  /** Workers at once. Default 2. */
  readonly concurrency?: number;
  /** Documents that wait for a worker; one more throws `overloaded`. Default 200. */
  readonly queueMax?: number;
  /** Runs everything in this thread, unbounded: for tests. */
  readonly inProcess?: boolean;
}

export interface Extractor {
  /** As `extractDocument`, bounded: throws `document_too_complex` when time or memory run out. */
  readonly extract: (input: DocumentInput, signal?: AbortSignal) => Promise<ExtractedDocument>;
  /** As `readPage`, bounded likewise. */
  readonly readPage: (input: PageInput, signal?: AbortSignal) => Promise<PageReading>;
}

/**
 * Reads documents, each in a worker of its own that is killed when it takes too long and cannot take the process's
 * memory. Small text is read at once in this thread: it costs less than starting a worker.
 */
export const createExtractor = (options: ExtractorOptions = {}): Extractor => {
  const limits = { ...defaults, ...options };
  const slots = createSlots({ slots: limits.concurrency, queueMax: limits.queueMax });
  const runBounded = async (task: ExtractTask, signal?: AbortSignal): Promise<ExtractOutcome> => {
    const read = (): Promise<ExtractOutcome> => runInWorker(task, limits, signal);
    try {
      return await slots.run(read, signal);
    } catch (thrown) {
      if (!(thrown instanceof MemoryBreach)) throw thrown;
    }
    // Of those that were read side by side, the one that took the memory is the one that takes it alone, too.
    return slots.runAlone(read, signal).catch((thrown: unknown) => {
      throw thrown instanceof MemoryBreach ? tooMuchMemory(thrown) : thrown;
    });
  };
  const run = async (task: ExtractTask, signal?: AbortSignal): Promise<ExtractOutcome> =>
    options.inProcess === true || isSmall(task) ? runExtractTask(task) : runBounded(task, signal);
  return {
    extract: async (input, signal) => {
      const outcome = await run({ kind: 'document', input }, signal);
      if (outcome.kind === 'document') return outcome.document;
      throw failureOf(outcome);
    },
    readPage: async (input, signal) => {
      const outcome = await run({ kind: 'page', input }, signal);
      if (outcome.kind === 'page') return outcome.page;
      throw failureOf(outcome);
    },
  };
};

const defaults = { timeoutMs: 20_000, heapMb: 384, growthMb: 800, concurrency: 2, queueMax: 200 };
// Nested HTML takes quadratic time: made for it, 64 KB took a second, 16 KB some 50 ms.
const smallBytesMax = 16_384;

// Text in an older encoding goes to a worker: the tables to guess it by take 80 MB.
const isSmall = ({ input: { bytes } }: ExtractTask): boolean =>
  bytes.byteLength <= smallBytesMax &&
  !Buffer.from(bytes.subarray(0, 1024)).includes('%PDF-') &&
  !Buffer.from(bytes.subarray(0, 4)).equals(Buffer.from('PK\x03\x04')) &&
  (isPlainUtf8(bytes) || markOf(bytes) !== undefined);

const failureOf = (outcome: ExtractOutcome): Failure =>
  outcome.kind === 'failure' ? Failure.fromWire(outcome.failure) : new Failure('internal');

interface WorkerLimits {
  readonly workerUrl?: URL;
  readonly timeoutMs: number;
  readonly heapMb: number;
  readonly growthMb: number;
}

const runInWorker = (task: ExtractTask, limits: WorkerLimits, signal?: AbortSignal): Promise<ExtractOutcome> => {
  const source = workerSource(limits.workerUrl ?? workerUrl('extract/extract-worker'));
  const worker = new Worker(source.entry, {
    eval: source.isCode,
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: limits.heapMb, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
    // Libraries print warnings about odd files; they are no news for our log.
    stdout: true,
    stderr: true,
    env: {},
  });
  return new Promise<ExtractOutcome>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(tooComplex(`The document takes longer than ${limits.timeoutMs / 1000} s to read.`));
    }, limits.timeoutMs);
    const memory = watchMemory(limits.growthMb, reject);
    const leave = (): void => reject(new Failure('deadline_exceeded', { cause: signal?.reason }));
    if (signal?.aborted === true) leave();
    signal?.addEventListener('abort', leave, { once: true });
    let hasStarted = false;
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'started') hasStarted = true;
      else resolve(message);
    });
    // An error may overtake the last messages; at the exit, which always follows, all of them have arrived.
    let crash: unknown;
    worker.once('error', (error) => {
      crash = error;
    });
    worker.once('exit', (code) => {
      reject(failureOfCrash(crash ?? new Error(`the worker ended with ${code}`), hasStarted));
    });
    worker.once('exit', () => {
      clearTimeout(timer);
      memory.stop();
      signal?.removeEventListener('abort', leave);
    });
  }).finally(() => worker.terminate());
};

const tooMuchMemory = (cause: Error): Failure => tooComplex('The document takes too much memory to read.', cause);

const failureOfCrash = (error: unknown, hasStarted: boolean): Failure => {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return tooMuchMemory(error);
  }
  return hasStarted
    ? new Failure('document_broken', { detail: 'The document could not be read.', cause: error })
    : new Failure('internal', { cause: error });
};
