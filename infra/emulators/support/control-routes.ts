import express, { Router, type Response } from 'express';
import { z } from 'zod';
import { faultSchema, type Faults } from './faults.ts';
import type { Journal } from './journal.ts';

interface Options {
  readonly journal: Journal;
  readonly faults: Faults;
  /** How many things of each kind are alive. */
  readonly counts: () => Readonly<Record<string, number>>;
  readonly settings: () => unknown;
  /** Takes some settings; throws a ZodError when they are wrong. */
  readonly changeSettings: (changes: unknown) => void;
  /** Forgets all that the emulated platform holds. */
  readonly reset: () => void;
}

const faultsInput = z.union([faultSchema.transform((fault) => [fault]), z.array(faultSchema).max(1000)]);

/** `/__emulator`: what tests use to script an emulator and to look into it. Never faulted, never journalled. */
export const controlRoutes = ({ journal, faults, counts, settings, changeSettings, reset }: Options): Router => {
  const router = Router();
  router.use(express.json({ limit: '1mb' }));
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
    journal.clear();
    response.json({});
  });
  return router;
};

const refuse = (response: Response, error: z.ZodError): void => {
  response.status(400).json({ error: z.prettifyError(error) });
};
