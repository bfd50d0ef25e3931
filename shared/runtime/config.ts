import { z } from 'zod';

/** Raw environment, before a schema has read it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The process's own environment; the one place that reads it. */
export const processEnvironment = (): Environment => process.env;

/** A setting that is not usable: one line for the operator, no value in it. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

/**
 * Reads the settings that `schema` names. An empty variable counts as not set. Throws one ConfigError that lists every
 * problem at once and never shows a value, since a value may be a secret.
 */
export const loadConfig = <S extends z.ZodObject>(schema: S, environment: Environment): z.output<S> => {
  const given = Object.fromEntries(
    Object.keys(schema.shape)
      .map((name) => [name, environment[name]] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigError(`Settings to correct (see .env.example): ${problems.join('; ')}`);
};

/** A whole number of milliseconds, at least 0. */
export const milliseconds = z.coerce.number().int().min(0);

/** A comma list; blanks around items are dropped. */
export const commaList = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
