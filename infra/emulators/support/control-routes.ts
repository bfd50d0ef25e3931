import express, { Router, type Response } from 'express';
import { z } from 'zod';
import type { EarlyReturns } from './early-returns.ts';
import { faultSchema, type Faults } from './faults.ts';
import type { Journal } from './journal.ts';
import { weatherSchema, type Weather } from './weather.ts';

interface Options {
  readonly journal: Journal;
  readonly faults: Faults;
  readonly weather: Weather;
  readonly earlyReturns: EarlyReturns;
  /** How many things of each kind are alive. */
  readonly counts: () => Readonly<Record<string, number>>;
  /** What was made and what of it is alive, by name. */
  readonly effects: () => unknown;
  readonly settings: () => unknown;
  /** Takes some settings; throws a ZodError when they are wrong. */
  readonly changeSettings: (changes: unknown) => void;
  /** Forgets all that the emulated platform holds. */
  readonly reset: () => void;
}

const faultsInput = z.union([faultSchema.transform((fault) => [fault]), z.array(faultSchema).max(1000)]);

/** `/__emulator`: what tests use to script an emulator and to look into it. Never faulted, never journalled. */
export const controlRoutes = (options: Options): Router => {
  const router = Router();
  router.use(express.json({ limit: '1mb' }));
  lookingIn(router, options);
  scripting(router, options);
  changing(router, options);
  return router;
};

const lookingIn = (router: Router, { journal, earlyReturns, counts, effects }: Options): void => {
  router.get('/health', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/violations', (_request, response) => {
    response.json({ violations: journal.violations() });
  });
  router.get('/journal', (request, response) => {
    const entries = journal.entries();
    response.json({
      counts: counts(),
      entries: request.query['effects'] === 'true' ? entries.filter(({ effect }) => effect) : entries,
    });
  });
  router.delete('/journal', (_request, response) => {
    journal.clear();
    response.json({});
  });
  router.get('/effects', (_request, response) => {
    response.json(effects());
  });
  router.get('/early-returns', (_request, response) => {
    response.json({ early_returns: earlyReturns.list() });
  });
};

const scripting = (router: Router, { faults, weather }: Options): void => {
  router.get('/faults', (_request, response) => {
    response.json({ faults: faults.waiting() });
  });
  router.post('/faults', (request, response) => {
    const parsed = faultsInput.safeParse(request.body);
    if (!parsed.success) {
      refuse(response, parsed.error);
      return;
    }
    parsed.data.forEach(faults.add);
    response.json({ faults: faults.waiting() });
  });
  router.delete('/faults', (_request, response) => {
    faults.clear();
    response.json({ faults: [] });
  });
  router.get('/weather', (_request, response) => {
    response.json(weather.report());
  });
  router.post('/weather', (request, response) => {
    const parsed = weatherSchema.safeParse(request.body);
    if (!parsed.success) {
      refuse(response, parsed.error);
      return;
    }
    weather.change(parsed.data);
    response.json(weather.report());
  });
  router.delete('/weather', (_request, response) => {
    weather.change({ seed: 1, faults: [] });
    response.json(weather.report());
  });
};

const changing = (router: Router, options: Options): void => {
  const { journal, faults, weather, earlyReturns, settings, changeSettings, reset } = options;
  router.get('/settings', (_request, response) => {
    response.json(settings());
  });
  router.post('/settings', (request, response) => {
    try {
      changeSettings(request.body);
      response.json(settings());
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      refuse(response, error);
    }
  });
  router.post('/reset', (_request, response) => {
    reset();
    faults.clear();
    weather.change({ seed: 1, faults: [] });
    earlyReturns.clear();
    journal.clear();
    response.json({});
  });
};

const refuse = (response: Response, error: z.ZodError): void => {
  response.status(400).json({ error: z.prettifyError(error) });
};
