import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { Scenario } from './scenario.ts';

export interface Wanted {
  readonly scenarios: readonly Scenario[];
  readonly n: number | undefined;
  readonly seed: number;
  readonly isQuick: boolean;
}

const count = z.coerce.number().int().min(1).max(1_000_000);

/** Reads the command line; a string is what to tell instead of running: the help, or what is wrong. */
export const readArguments = (given: readonly string[], known: readonly Scenario[]): Wanted | string => {
  try {
    const { values } = parseArgs({ args: [...given], options });
    if (values.help === true || values.scenario === undefined) return helpOf(known);
    const wanted = values.scenario.toUpperCase().split(',');
    const scenarios = known.filter(({ name }) => wanted.includes('ALL') || wanted.includes(name));
    const unknown = wanted.filter((name) => name !== 'ALL' && !known.some((scenario) => scenario.name === name));
    if (unknown.length > 0) return `There is no scenario ${unknown.join(', ')}.\n\n${helpOf(known)}`;
    return {
      scenarios,
      n: values.n === undefined ? undefined : count.parse(values.n),
      seed: values.seed === undefined ? 7 : count.parse(values.seed),
      isQuick: values.quick === true,
    };
  } catch (error) {
    return `${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}\n\n${helpOf(known)}`;
  }
};

const options = {
  scenario: { type: 'string' },
  n: { type: 'string' },
  seed: { type: 'string' },
  quick: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

const helpOf = (known: readonly Scenario[]): string =>
  [
    'npm run test:faults -- --scenario <name>[,<name>…]|all [--n <operations>] [--seed <number>] [--quick]',
    '',
    ...known.map(({ name, title, sizes }) => `  ${name.padEnd(4)} ${title} (n = ${sizes.full}, quick ${sizes.quick})`),
    '',
    'Each ends with one JSON line; a figure that is missed makes the command fail. The same seed makes the same choices.',
  ].join('\n');
