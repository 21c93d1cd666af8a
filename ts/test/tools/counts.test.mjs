import { describe, expect, it } from 'vitest';
import {
  addCounts,
  closingLine,
  judgeRunner,
  NO_COUNTS,
  parseCargo,
  parseCtest,
  parseVitest,
} from '../../tools/test/counts.mjs';

describe('the counts of a runner', () => {
  it('are summed over the binaries of cargo', () => {
    const output = `
running 2 tests
test result: ok. 38 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.20s
test result: FAILED. 5 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
`;
    expect(parseCargo(output)).toEqual({ passed: 43, failed: 2, skipped: 1 });
  });

  it('are read from each line of ctest, whatever word it has for a failure', () => {
    const output = `
      Start  1: Ring.Publishes
 1/6 Test  #1: Ring.Publishes ...................   Passed    0.01 sec
 2/6 Test  #2: Ring.Drains ......................***Failed    0.01 sec
 3/6 Test  #3: Ring.Crashes .....................***Exception: SegFault  0.11 sec
 4/6 Test  #4: Ring.Hangs .......................***Timeout  10.01 sec
 5/6 Test  #5: Ring.Device ......................***Skipped   0.00 sec
 6/6 Test  #6: Ring.Later .......................***Not Run (Disabled)   0.00 sec

17% tests passed, 3 tests failed out of 6
`;
    expect(parseCtest(output)).toEqual({ passed: 1, failed: 3, skipped: 2 });
  });

  it('are read from the report of vitest, with files that did not load', () => {
    const report = {
      numPassedTests: 4,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 1,
      testResults: [
        { status: 'failed', assertionResults: [{}] },
        { status: 'failed', assertionResults: [] },
        { status: 'passed', assertionResults: [{}] },
      ],
    };
    expect(parseVitest(JSON.stringify(report))).toEqual({ passed: 4, failed: 2, skipped: 3 });
  });
});

describe('a runner', () => {
  const passed = { ...NO_COUNTS, passed: 3 };

  it('has failed when it crashed without counting a failure, or ran nothing', () => {
    expect(judgeRunner(passed, 0)).toEqual(passed);
    expect(judgeRunner(passed, 101).failed).toBe(1);
    expect(judgeRunner(NO_COUNTS, 0).failed).toBe(1);
    expect(judgeRunner({ ...passed, failed: 2 }, 1).failed).toBe(2);
  });

  it('closes with a plain line', () => {
    expect(closingLine(passed)).toBe('3 passed, 0 failed');
    expect(closingLine(addCounts(passed, { passed: 1, failed: 2, skipped: 4 }))).toBe(
      '4 passed, 2 failed, 4 skipped',
    );
  });
});
