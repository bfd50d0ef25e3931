import { AsyncLocalStorage } from 'node:async_hooks';

/** What ties all messages of one request together; read by the outbox when a handler emits. */
export interface Correlation {
  readonly correlationId: string;
  /** The message or request being handled. */
  readonly causationId: string | null;
}

const storage = new AsyncLocalStorage<Correlation>();

/** Runs `work` so that everything it emits carries this correlation. */
export const runWithCorrelation = <T>(correlation: Correlation, work: () => T): T => storage.run(correlation, work);

/** The correlation of the request at hand; undefined in background work that nobody asked for. */
export const currentCorrelation = (): Correlation | undefined => storage.getStore();
