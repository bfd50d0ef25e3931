import type { Response } from 'express';

/** Writes to a client no faster than it reads, for as long as it does. */
export interface PacedWriter {
  write(text: string): void;
  /** Resolves when the client has read enough to take more, at once mostly, or when it is gone. */
  readyForMore(): Promise<void>;
  /** Writes what was collected. */
  flush(): void;
  /** The client is gone: nobody waits for it any more. */
  close(): void;
}

const unreadBytesMax = 262_144;
const drainWaitMs = 15_000;
const collectedCharsMax = 16_384;

/**
 * What is written within `collectMs` goes out together, 0 for at once: a write for each event to each of a crowd costs more
 * than the events. Cuts a client at 256 KiB of unread bytes or after 15 s without a drain.
 */
export const createPacedWriter = (response: Response, collectMs: number): PacedWriter => {
  let collected = '';
  let collecting: NodeJS.Timeout | undefined;
  let unread: NodeJS.Timeout | undefined;
  let goOn: () => void = () => undefined;
  let isClosed = false;
  const cut = (): void => {
    response.destroy();
  };
  const flush = (): void => {
    clearTimeout(collecting);
    collecting = undefined;
    const text = collected;
    collected = '';
    if (text === '' || response.writableEnded || response.destroyed) return;
    const isRead = response.write(text);
    if (response.writableLength > unreadBytesMax) cut();
    else if (!isRead) unread ??= setTimeout(cut, drainWaitMs);
  };
  response.on('drain', () => {
    clearTimeout(unread);
    unread = undefined;
    goOn();
  });
  return {
    write: (text) => {
      if (isClosed) return;
      collected += text;
      if (collectMs === 0 || collected.length > collectedCharsMax) flush();
      else collecting ??= setTimeout(flush, collectMs);
    },
    readyForMore: async () => {
      if (unread !== undefined && !isClosed) await new Promise<void>((resolve) => (goOn = resolve));
    },
    flush,
    close: () => {
      isClosed = true;
      clearTimeout(collecting);
      clearTimeout(unread);
      goOn();
    },
  };
};
