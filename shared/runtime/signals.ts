import type { Running } from './platform.ts';

const stopTimeoutMs = 15_000;

/** Stops in order at SIGTERM or SIGINT; the second signal, or 15 seconds, ends the process as it is. */
export const stopOnSignals = (running: Running): void => {
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), stopTimeoutMs).unref();
    running.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
};
