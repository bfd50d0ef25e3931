import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file of JSON lines that is only added to. */
export interface JsonlFile {
  /** Queues a line; it is written with its neighbours, soon. Never waits. */
  append(line: string): void;
  /** Resolves when all that was queued is with the operating system. */
  flush(): Promise<void>;
}

interface JsonlOptions {
  readonly path: string;
  /** Only the newest are kept: compacted at open, and again whenever the file holds twice as many. */
  readonly linesMax: number;
  /** Told when the disk refuses; the lines at hand are dropped. */
  readonly onError: (error: unknown) => void;
}

/** Opens or creates the file and its folder, and gives the lines there are: without a torn last one, which a crash leaves. */
export const openJsonlFile = async (options: JsonlOptions): Promise<{ file: JsonlFile; lines: readonly string[] }> => {
  await mkdir(dirname(options.path), { recursive: true });
  const lines = await compact(options.path, options.linesMax);
  return { file: appendTo(options, lines.length), lines };
};

const appendTo = ({ path, linesMax, onError }: JsonlOptions, linesAtOpen: number): JsonlFile => {
  let written = linesAtOpen;
  let queued: string[] = [];
  let writing: Promise<void> | undefined;

  const write = async (): Promise<void> => {
    while (queued.length > 0) {
      // A disk that lags behind must not fill the memory: of what waits, too, only the newest are kept.
      const lines = queued.slice(-linesMax);
      queued = [];
      await appendFile(path, `${lines.join('\n')}\n`);
      written += lines.length;
      if (written > 2 * linesMax) written = (await compact(path, linesMax)).length;
    }
  };
  const writeSoon = async (): Promise<void> => {
    await new Promise(setImmediate);
    await write().catch(onError);
    writing = undefined;
  };

  return {
    append: (line) => {
      queued.push(line);
      writing ??= writeSoon();
    },
    flush: async () => {
      while (writing !== undefined) await writing;
    },
  };
};

const compact = async (path: string, linesMax: number): Promise<string[]> => {
  const text = await readFile(path, 'utf8').catch(missingIsEmpty);
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  const lines = complete.split('\n').filter((line) => line !== '');
  const kept = lines.slice(-linesMax);
  if (kept.length < lines.length || complete.length < text.length) {
    await writeFile(`${path}.new`, kept.map((line) => `${line}\n`).join(''));
    await rename(`${path}.new`, path);
  }
  return kept;
};

const missingIsEmpty = (error: NodeJS.ErrnoException): string => {
  if (error.code === 'ENOENT') return '';
  throw error;
};
