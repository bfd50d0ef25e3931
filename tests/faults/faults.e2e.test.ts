import { expect, test } from 'vitest';
import { runScenario } from './run-scenario.ts';
import { scenarios } from './scenarios/index.ts';

const seed = 7;
const startAndStopMs = 60_000;

for (const scenario of scenarios.filter(({ isInCi }) => isInCi)) {
  const timeout = scenario.limitMs.quick + startAndStopMs;
  test(`${scenario.name}: ${scenario.title}`, { timeout }, async () => {
    const lines: string[] = [];
    const { line, missed } = await runScenario(scenario, { seed, isQuick: true, print: (text) => lines.push(text) });
    expect(missed, [...lines, line].join('\n')).toEqual([]);
  });
}
