import type { RunningProcess } from './run.ts';

const stopTimeoutMs = 15_000;

/**
 * Stops in order at SIGTERM or SIGINT and exits 0; a second signal, or 15 seconds, ends the process as it is with 1. An
 * error that nobody caught leaves a process in a state that nobody knows, so it ends too and the supervisor starts anew.
 */
export const stopOnSignals = ({ stop, logger }: RunningProcess): void => {
  const endWith = (reason: string, err?: unknown): never => {
    logger.fatal({ err }, reason);
    process.exit(1);
  };
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) endWith(`ended by a second ${signal} before everything had stopped`);
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => endWith(`ended after ${stopTimeoutMs} ms: not everything had stopped`), stopTimeoutMs).unref();
    stop().then(
      () => process.exit(0),
      (thrown: unknown) => endWith('ended: the stop failed', thrown),
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('uncaughtException', (thrown) => endWith('ended by an error that nobody caught', thrown));
  process.on('unhandledRejection', (thrown) => endWith('ended by a rejection that nobody handled', thrown));
};
