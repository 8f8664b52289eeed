/**
 * What a run of the tests came to.
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed includes what failed outside any test: a file that does not load, a
 * hook, the run itself.
 * @property {number} skipped
 * @property {string[]} problems what failed outside any test, a sentence each.
 */

/**
 * Counts by vitest's JSON report, trusting neither it nor the exit status alone: a run that ended
 * badly without a failed test, or left no report, or ran nothing, has failed.
 * @param {string | undefined} text the report, undefined when there is none.
 * @param {number} status vitest's exit status.
 * @returns {Counts}
 */
export function countTests(text, status) {
  const report = parseReport(text);
  if (report === undefined)
    return failure(`vitest ended with status ${status} and left no report that can be read`);
  const tests = report.flatMap((file) => file.tests);
  const problems = report.filter(failedOutsideTests).map((file) => problemOf(file));
  const failedTests = tests.filter((state) => state === 'failed').length;
  const passed = tests.filter((state) => state === 'passed').length;
  if (tests.length === 0 && problems.length === 0) problems.push('no test was found');
  if (status !== 0 && failedTests + problems.length === 0)
    problems.push(`vitest ended with status ${status} though no test failed: see its errors above`);
  const failed = failedTests + problems.length;
  return { passed, failed, skipped: tests.length - passed - failedTests, problems };
}

/**
 * @typedef {object} FileReport
 * @property {string} name
 * @property {boolean} isFailed
 * @property {string} message
 * @property {string[]} tests the state of each.
 */

/**
 * @param {string} problem
 * @returns {Counts}
 */
function failure(problem) {
  return { passed: 0, failed: 1, skipped: 0, problems: [problem] };
}

/**
 * @param {FileReport} file
 * @returns {boolean}
 */
function failedOutsideTests(file) {
  return file.isFailed && !file.tests.includes('failed');
}

/**
 * @param {FileReport} file
 * @returns {string}
 */
function problemOf(file) {
  return `${file.name}: ${file.message === '' ? 'did not run to its end' : file.message}`;
}

/**
 * @param {string | undefined} text
 * @returns {FileReport[] | undefined}
 */
function parseReport(text) {
  if (text === undefined) return undefined;
  try {
    /**
     * @type {{ testResults: { name: string, status: string, message?: string, assertionResults: {
     * status: string }[] }[] }}
     */
    const report = JSON.parse(text);
    return report.testResults.map((file) => ({
      name: file.name,
      isFailed: file.status === 'failed',
      message: file.message ?? '',
      tests: file.assertionResults.map((test) => test.status),
    }));
  } catch {
    return undefined;
  }
}
