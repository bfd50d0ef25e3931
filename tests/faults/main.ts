import { readArguments } from './arguments.ts';
import { runScenario } from './run-scenario.ts';
import { scenarios } from './scenarios/index.ts';

/** `npm run test:faults`: the scenarios that were asked for, one after the other. */
const main = async (): Promise<number> => {
  const wanted = readArguments(process.argv.slice(2), scenarios);
  if (typeof wanted === 'string') {
    process.stderr.write(`${wanted}\n`);
    return process.argv.includes('--help') ? 0 : 2;
  }
  const { n, seed, isQuick } = wanted;
  let failed = 0;
  for (const scenario of wanted.scenarios) {
    const { line, missed } = await runScenario(scenario, {
      ...(n === undefined ? {} : { n }),
      seed,
      isQuick,
      print: (text) => process.stderr.write(`${text}\n`),
    });
    process.stdout.write(`${line}\n`);
    if (missed.length > 0) failed += 1;
  }
  return failed === 0 ? 0 : 1;
};

// An end by process.exit takes all children along.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
// A run that was given up may have work left that nobody waits for: its end is not awaited.
process.exit(await main());
