import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Everything axe finds wrong, best practices included: rule, place and reason. */
export const axeViolations = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(axe.source);
  return page.evaluate<string[]>(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => [id, target.flat(), failureSummary].join(' | '))))`);
};
