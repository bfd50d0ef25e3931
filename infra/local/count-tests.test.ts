import { expect, test } from 'vitest';
import { countTests } from './count-tests.mjs';

const test1 = { status: 'passed' };
const passedFile = { status: 'passed', assertionResults: [test1] };

test('a run that went well counts its tests', () => {
  const report = { numPassedTests: 3, numFailedTests: 0, testResults: [passedFile] };
  expect(countTests(report, 0)).toEqual({ passed: 3, failed: 0 });
});

test('a file that could not be loaded is a failure although no test in it failed', () => {
  const unloaded = { status: 'failed', assertionResults: [] };
  const report = { numPassedTests: 3, numFailedTests: 0, testResults: [passedFile, unloaded] };
  expect(countTests(report, 1)).toEqual({ passed: 3, failed: 1 });
});

test('a file with failed tests counts each of them once', () => {
  const failedFile = { status: 'failed', assertionResults: [test1, { status: 'failed' }, { status: 'failed' }] };
  const report = { numPassedTests: 1, numFailedTests: 2, testResults: [failedFile] };
  expect(countTests(report, 1)).toEqual({ passed: 1, failed: 2 });
});

test('a run that failed over an error outside of its tests is not a success', () => {
  const report = { numPassedTests: 3, numFailedTests: 0, testResults: [passedFile] };
  expect(countTests(report, 1)).toEqual({ passed: 3, failed: 1 });
});

test('a run that ended without a report is a failure', () => {
  expect(countTests(undefined, 1)).toEqual({ passed: 0, failed: 1 });
});
