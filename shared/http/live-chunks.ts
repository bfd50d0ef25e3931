import type { Failure } from '../errors/failure.ts';
import type { CallSpan } from './call-span.ts';
import type { HttpStream } from './contract.ts';
import { startDeadline } from './deadline.ts';
import type { Exchange } from './exchange.ts';

interface LiveOptions {
  readonly idleMs: number;
  readonly bytesMax: number;
  readonly signal: AbortSignal | undefined;
  readonly span: CallSpan;
  readonly toFailure: (thrown: unknown) => Failure;
}

/** The body of an open exchange with a limit on silence. The time a slow reader takes is not silence. */
export const liveChunks = (exchange: Exchange, options: LiveOptions): Pick<HttpStream, 'chunks' | 'close'> => {
  const close = (): void => {
    exchange.release();
    options.span.end();
  };
  async function* read(): AsyncGenerator<Uint8Array> {
    const idle = startDeadline(options.idleMs, options.signal);
    const onAbort = (): void => exchange.discard();
    idle.signal.addEventListener('abort', onAbort, { once: true });
    try {
      idle.signal.throwIfAborted();
      for await (const chunk of exchange.chunks(options.bytesMax)) {
        idle.pause();
        yield chunk;
        idle.renew();
      }
      idle.signal.throwIfAborted();
    } catch (thrown) {
      exchange.discard();
      options.span.failed(thrown);
      throw options.toFailure(idle.signal.aborted ? idle.signal.reason : thrown);
    } finally {
      idle.clear();
      close();
    }
  }
  return { chunks: read(), close };
};
