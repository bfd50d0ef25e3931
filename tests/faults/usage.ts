import { readdir, readFile } from 'node:fs/promises';

/** What a process holds at a moment. */
export interface Usage {
  readonly pid: number;
  readonly rssMb: number;
  readonly fds: number;
}

/** Undefined for a process that is gone, and where the system does not tell (other than Linux). */
export const usageOf = async (pid: number): Promise<Usage | undefined> => {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const kb = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
    return { pid, rssMb: kb / 1024, fds: (await readdir(`/proc/${pid}/fd`)).length };
  } catch {
    return undefined;
  }
};

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** How steeply `y` grows with `x`, by least squares; 0 for fewer than two points. */
export const slopeOf = (points: readonly Point[]): number => {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map((point) => point.x)), mean(points.map((point) => point.y))];
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  if (points.length < 2 || spread === 0) return 0;
  return points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spread;
};
