import type { Request } from 'express';
import { z } from 'zod';

const isPattern = (text: string): boolean => {
  try {
    return new RegExp(text, 'u').source !== '';
  } catch {
    return false;
  }
};

const match = z.strictObject({
  method: z.string().toUpperCase().optional(),
  path: z.string().optional(),
  path_prefix: z.string().optional(),
  /** A regular expression that the path must match. */
  path_pattern: z.string().max(300).refine(isPattern, 'not a regular expression').optional(),
});

export const faultSchema = z.strictObject({
  match: match.default({}),
  times: z.number().int().min(1).max(100_000).default(1),
  action: z.enum([
    'status',
    'hang',
    'reset',
    'truncate',
    'slow_ms',
    'garbage',
    'midstream_error',
    'midstream_reset',
    'midstream_hang',
  ]),
  /** `after`: the request takes effect first, then its answer is lost or replaced. */
  phase: z.enum(['before', 'after']).default('before'),
  status: z.number().int().min(200).max(599).default(503),
  /** Replaces the platform's own error body. */
  body: z.unknown().optional(),
  retry_after: z.number().min(0).optional(),
  slow_ms: z.number().int().min(0).max(600_000).default(1000),
  headers: z.record(z.string(), z.string()).default({}),
});
export type Fault = z.infer<typeof faultSchema>;

/** Faults waiting to happen, in the order in which they were scripted. */
export interface Faults {
  add: (fault: Fault) => void;
  /** Uses up one turn of the first fault that matches. */
  take: (request: Pick<Request, 'method' | 'path'>) => Fault | undefined;
  waiting: () => readonly Fault[];
  clear: () => void;
}

const faultsMax = 1000;

export const createFaults = (): Faults => {
  let queue: Fault[] = [];
  return {
    add: (fault) => {
      queue = [...queue, fault].slice(-faultsMax);
    },
    take: ({ method, path }) => {
      const found = queue.find((fault) => matches(fault, method, path));
      if (found === undefined) return undefined;
      queue = queue.flatMap((fault) => {
        if (fault !== found) return [fault];
        return fault.times > 1 ? [{ ...fault, times: fault.times - 1 }] : [];
      });
      return found;
    },
    waiting: () => queue,
    clear: () => {
      queue = [];
    },
  };
};

const matches = ({ match: wanted }: Fault, method: string, path: string): boolean =>
  (wanted.method === undefined || wanted.method === method) &&
  (wanted.path === undefined || wanted.path === path) &&
  (wanted.path_prefix === undefined || path.startsWith(wanted.path_prefix)) &&
  (wanted.path_pattern === undefined || new RegExp(wanted.path_pattern, 'u').test(path));
