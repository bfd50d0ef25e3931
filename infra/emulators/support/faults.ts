import { z } from 'zod';

const isPattern = (text: string): boolean => {
  try {
    return new RegExp(text, 'u').source !== '';
  } catch {
    return false;
  }
};

/** Which requests a fault may meet; all that it names must hold. */
export const matchSchema = z.strictObject({
  method: z.string().toUpperCase().optional(),
  path: z.string().optional(),
  path_prefix: z.string().optional(),
  /** A regular expression that the path must match. */
  path_pattern: z.string().max(300).refine(isPattern, 'not a regular expression').optional(),
  /** Part of the name of what the request is about, in its body or behind its path: so one domain is met. */
  name_includes: z.string().min(1).max(200).optional(),
});
type Match = z.infer<typeof matchSchema>;

const bytesMax = 1_000_000_000;

/** What a fault does, and when. */
export const misfortuneSchema = z.strictObject({
  action: z.enum([
    'status',
    'hang',
    'hang_body',
    'reset',
    'truncate',
    'slow_ms',
    'garbage',
    'drip',
    'huge',
    'gzip_bomb',
    'huge_headers',
    'wrong_type',
    'redirect',
    'endless_sse',
    'midstream_error',
    'midstream_reset',
    'midstream_hang',
  ]),
  /** `after`: the request takes effect first, then its answer is lost or replaced. */
  phase: z.enum(['before', 'after']).default('before'),
  status: z.number().int().min(200).max(599).default(503),
  /** Replaces the platform's own error body. */
  body: z.unknown().optional(),
  retry_after: z.union([z.number().min(0), z.string()]).optional(),
  slow_ms: z.number().int().min(0).max(600_000).default(1000),
  /** Size of a `huge` body, and of a `gzip_bomb` once it is unpacked. */
  bytes: z.number().int().min(1).max(bytesMax).default(50_000_000),
  /** Between two bytes of a `drip`, between two events of `endless_sse`. */
  every_ms: z.number().int().min(1).max(60_000).default(1000),
  /** Where `redirect` points; a path stays on this emulator, whose journal then shows who followed. */
  location: z.string().default('/followed-a-redirect'),
  headers: z.record(z.string(), z.string()).default({}),
});
export type Misfortune = z.infer<typeof misfortuneSchema>;

export const faultSchema = misfortuneSchema.extend({
  match: matchSchema.default({}),
  times: z.number().int().min(1).max(1_000_000_000).default(1),
});
export type Fault = z.infer<typeof faultSchema>;

/** What decides whether a request is met. */
export interface Meeting {
  readonly method: string;
  readonly path: string;
  /** Names of what the request is about. */
  readonly names: () => readonly string[];
}

/** True when a request is one that `match` means. */
export const isMet = (wanted: Match, { method, path, names }: Meeting): boolean =>
  (wanted.method === undefined || wanted.method === method) &&
  (wanted.path === undefined || wanted.path === path) &&
  (wanted.path_prefix === undefined || path.startsWith(wanted.path_prefix)) &&
  (wanted.path_pattern === undefined || new RegExp(wanted.path_pattern, 'u').test(path)) &&
  isNamed(wanted.name_includes, names);

const isNamed = (part: string | undefined, names: Meeting['names']): boolean =>
  part === undefined || names().some((name) => name.includes(part));

/** Faults waiting to happen, in the order in which they were scripted. */
export interface Faults {
  add: (fault: Fault) => void;
  /** Uses up one turn of the first fault that matches. */
  take: (request: Meeting) => Fault | undefined;
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
    take: (request) => {
      const found = queue.find(({ match }) => isMet(match, request));
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
