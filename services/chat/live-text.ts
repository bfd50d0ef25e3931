import { setImmediate as nextTick } from 'node:timers/promises';

/**
 * Hands text on as fast as it is taken: what came since the last piece, and what comes within the same turn of the event
 * loop, is one piece. The source is read on its own, so a slow reader never makes it look silent. Throws what it throws.
 * Whoever leaves the loop early must also stop the source.
 */
export async function* joinLiveText(source: AsyncIterable<string>): AsyncGenerator<string> {
  const pump = startPump(source);
  for (;;) {
    await pump.changed();
    await nextTick();
    const { text, isDone } = pump.take();
    if (text !== '') yield text;
    if (isDone) return;
  }
}

interface Pump {
  readonly changed: () => Promise<void>;
  /** Throws the source's failure, after the text before it was taken. */
  readonly take: () => { readonly text: string; readonly isDone: boolean };
}

const startPump = (source: AsyncIterable<string>): Pump => {
  let pending = '';
  let end: { readonly failure?: unknown } | undefined;
  let wake = (): void => undefined;
  const read = async (): Promise<void> => {
    try {
      for await (const text of source) {
        pending += text;
        wake();
      }
      end = {};
    } catch (thrown) {
      end = { failure: thrown };
    }
    wake();
  };
  void read();
  return {
    changed: async () => {
      if (pending !== '' || end !== undefined) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    },
    take: () => {
      const text = pending;
      pending = '';
      if (text === '' && end !== undefined && 'failure' in end) throw end.failure;
      return { text, isDone: end !== undefined && !('failure' in end) };
    },
  };
};
