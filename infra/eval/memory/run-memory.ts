import { parseArgs } from 'node:util';
import { EvalError } from '../eval-error.ts';
import { measureLocomo, type LocomoFigures } from './measure-locomo.ts';
import { measureSupport, type SupportFigures } from './measure-support.ts';
import { withPassingDatabase } from './passing-database.ts';
import { readLocomo } from './read-locomo.ts';

const usage = `Usage:
  npm run eval:memory -- --locomo FILE
  npm run eval:memory -- --support

FILE is JSON in the form of LoCoMo. A PostgreSQL server is taken from TEST_DATABASE_URL, else an embedded one is started.`;

/** Measures the product's memory. Throws EvalError. */
export const runMemory = async (parameters: readonly string[]): Promise<LocomoFigures | SupportFigures> => {
  const { locomo, support } = optionsIn(parameters);
  if (support === true && locomo === undefined) return withPassingDatabase(measureSupport);
  if (locomo === undefined) throw new EvalError(`either --locomo FILE or --support is wanted.\n\n${usage}`);
  const conversations = await readLocomo(locomo);
  return withPassingDatabase((database) => measureLocomo(database, conversations));
};

const optionsIn = (
  parameters: readonly string[],
): { readonly locomo?: string | undefined; readonly support?: boolean | undefined } => {
  try {
    return parseArgs({ args: [...parameters], options: { locomo: { type: 'string' }, support: { type: 'boolean' } } })
      .values;
  } catch (error) {
    throw new EvalError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
};
