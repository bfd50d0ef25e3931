/**
 * What vitest's report says, corrected for what it leaves out: a file that could not even be loaded has no failed test in it,
 * and a run can fail over an error outside of any test. Neither may look like success.
 */
export const countTests = (report, status) => {
  if (report === undefined) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, testResults } = report;
  const unloaded = testResults.filter(
    ({ status: outcome, assertionResults }) =>
      outcome === 'failed' && assertionResults.every((result) => result.status !== 'failed'),
  ).length;
  const failed = numFailedTests + unloaded;
  return { passed: numPassedTests, failed: failed === 0 && status !== 0 ? 1 : failed };
};
