import { send } from './http.ts';

export interface JournalEntry {
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly effect: boolean;
  readonly body?: unknown;
}

/** By kind and name: how often it was made, and how many of it are alive. */
export type Effects = Readonly<
  Record<string, Readonly<Record<string, { readonly made: number; readonly alive: number }>> | undefined>
>;

/** An emulated outside system, seen from behind the curtain. */
export interface EmulatedCloud {
  readonly url: string;
  readonly fault: (fault: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly clearFaults: () => Promise<void>;
  readonly waitingFaults: () => Promise<readonly unknown[]>;
  readonly set: (settings: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly journal: () => Promise<readonly JournalEntry[]>;
  /** Faults that happen to a share of all requests from now on; `undefined` brings fair weather. */
  readonly weather: (forecast: Readonly<Record<string, unknown>> | undefined) => Promise<void>;
  /** What was ever made and what of it is alive, by kind and name. */
  readonly effects: () => Promise<Effects>;
  /** How many things of each kind are alive. */
  readonly counts: () => Promise<Readonly<Record<string, number>>>;
  /** Requests that the contract does not have. */
  readonly violations: () => Promise<readonly unknown[]>;
  /** Requests that came although their caller had been told, so long ago, to wait longer. */
  readonly earlyReturns: () => Promise<readonly { readonly toldMsAgo: number }[]>;
}

/** The controls of the emulator at this address, wherever it runs. */
export const controlsOf = (url: string): EmulatedCloud => {
  const control = async (path: string, method: string, body?: unknown): Promise<Record<string, unknown>> => {
    const reply = await send(`${url}/__emulator${path}`, { method, ...(body === undefined ? {} : { body }) });
    if (reply.status !== 200) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    return reply.body as Record<string, unknown>;
  };
  return {
    url,
    fault: async (fault) => {
      await control('/faults', 'POST', fault);
    },
    clearFaults: async () => {
      await control('/faults', 'DELETE');
    },
    waitingFaults: async () => (await control('/faults', 'GET'))['faults'] as readonly unknown[],
    set: async (settings) => {
      await control('/settings', 'POST', settings);
    },
    journal: async () => (await control('/journal', 'GET'))['entries'] as readonly JournalEntry[],
    weather: async (forecast) => {
      await (forecast === undefined ? control('/weather', 'DELETE') : control('/weather', 'POST', forecast));
    },
    effects: async () => (await control('/effects', 'GET')) as Effects,
    counts: async () => (await control('/journal', 'GET'))['counts'] as Record<string, number>,
    violations: async () => (await control('/violations', 'GET'))['violations'] as readonly unknown[],
    earlyReturns: async () =>
      (await control('/early-returns', 'GET'))['early_returns'] as readonly { readonly toldMsAgo: number }[],
  };
};
