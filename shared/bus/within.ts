import type { Code } from '../errors/codes.ts';
import { Failure } from '../errors/failure.ts';

// Timers hold 31 bits; whatever waits longer waits for ever.
const timerMsMax = 2 ** 31 - 1;

/** The outcome of `work`, or a Failure with `code` when it takes longer than `ms`; `work` itself goes on. */
export const within = async <T>(ms: number, code: Code, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Failure(code)), Math.min(ms, timerMsMax));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};
