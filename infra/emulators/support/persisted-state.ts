import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** State in memory that a file follows. */
export interface PersistedState<State> {
  readonly value: State;
  /** Call after each change; the file follows within 100 ms. */
  changed: () => void;
  /** Writes what is not written yet. */
  flush: () => Promise<void>;
}

interface Options<State> {
  /** Nothing is written without a folder. */
  readonly dataDir: string | undefined;
  readonly fileName: string;
  /** Reads what `toJson` gave; also given an empty object when there is no file. */
  readonly parse: (stored: unknown) => State;
  readonly toJson: (state: State) => unknown;
}

const writeDelayMs = 100;

/** Opens the state of the folder's last run, or an empty one. Each write replaces the file in one step. */
export const openPersistedState = <State>({
  dataDir,
  fileName,
  parse,
  toJson,
}: Options<State>): PersistedState<State> => {
  if (dataDir === undefined) return { value: parse({}), changed: () => undefined, flush: () => Promise.resolve() };
  mkdirSync(dataDir, { recursive: true });
  const file = path.join(dataDir, fileName);
  const stored: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const value = parse(stored);
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  const write = async (): Promise<void> => {
    const text = JSON.stringify(toJson(value));
    await writeFile(`${file}.next`, text);
    await rename(`${file}.next`, file);
  };
  const flush = (): Promise<void> => {
    if (timer === undefined) return writing;
    clearTimeout(timer);
    timer = undefined;
    // One failed write must not stop the next.
    writing = writing.catch(() => undefined).then(write);
    return writing;
  };
  const changed = (): void => {
    timer ??= setTimeout(() => {
      flush().catch((error: unknown) => console.error(`Cannot write ${file}:`, error));
    }, writeDelayMs);
  };
  return { value, changed, flush };
};
