import { z } from 'zod';

const changes = z.record(z.string(), z.unknown());

/** Makes a function that applies partial changes to settings; it throws a ZodError when they are wrong. */
export const changesTo =
  <Settings extends object>(schema: z.ZodType<Settings>) =>
  (settings: Settings, wanted: unknown): Settings =>
    schema.parse({ ...settings, ...changes.parse(wanted) });
