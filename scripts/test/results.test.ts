import { expect, it } from 'vitest';
import { tempFiles } from '../../shared/testing/temp-files.ts';
import { readResults } from './results.ts';

it('counts a suite, and says once for each reason how many tests were skipped for it', () => {
  const files = tempFiles();
  const test = (status: string, title: string, group: string) => ({ status, title, ancestorTitles: [group] });
  const path = files.write('suite.json', {
    numPassedTests: 1,
    numFailedTests: 1,
    numPendingTests: 3,
    numTodoTests: 1,
    testResults: [
      {
        assertionResults: [
          test('passed', 'works (mostly)', 'group'),
          test('failed', 'fails', 'group'),
          test(
            'skipped',
            'one',
            "live faults, seed 7 (SEED repeats it) (skipped: the kernel (or this container's rights) has no VXLAN)",
          ),
          test('skipped', 'two', "faults on a real cluster (the kernel (or this container's rights) has no VXLAN)"),
          test('pending', 'in zsh (skipped: zsh is not installed)', 'completion'),
          test('todo', 'without a reason', 'group'),
        ],
      },
    ],
  });
  expect(readResults(path)).toEqual({
    passed: 1,
    failed: 1,
    skipped: 4,
    reasons: [
      { reason: "the kernel (or this container's rights) has no VXLAN", count: 2 },
      { reason: 'zsh is not installed', count: 1 },
      { reason: 'without a reason', count: 1 },
    ],
  });
  expect(readResults(files.path('none.json'))).toBeUndefined();
  files.remove();
});
