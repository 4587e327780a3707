import { describe, expect, it } from 'vitest';
import { createIndex } from '../model/cluster-index.ts';
import { snapshotOf } from '../testing/builders.ts';
import { type Check, defineCheck } from './check.ts';
import { reportFromRuns } from './report-from-runs.ts';
import { runChecks } from './run-checks.ts';

const sound = defineCheck<string>({ id: 'x/sound', group: 'pods', needs: [], run: () => [] });
const failing = defineCheck<string>({
  id: 'x/failing',
  group: 'ports',
  needs: [],
  run: (subject) => {
    throw new TypeError(`${subject} is not iterable`);
  },
});

function reportOf(checks: readonly Check<string>[]) {
  const index = createIndex(snapshotOf([]));
  const frame = {
    command: 'x check',
    target: { kind: 'Service', name: 'web' },
    takenAt: index.takenAt,
    source: 'test',
    healthyHeadline: 'web is healthy',
    essential: [],
  };
  return reportFromRuns(frame, runChecks(checks, 'web', 'shop', { index, now: index.now }));
}

describe('a check that fails by a fault of its own', () => {
  it('costs the answers of no other, is told with its name, and nothing is called healthy', () => {
    const report = reportOf([failing, sound]);
    expect(report.verdict).toBe('unknown');
    expect(report.headline).toContain('could not tell: check x/failing failed: web is not iterable');
    expect(report.notChecked).toEqual([
      {
        check: 'ports',
        reason: 'check x/failing failed: web is not iterable (a fault of this plugin, please report it)',
      },
    ]);
    expect(report.ladder.map(({ name, result }) => `${name} ${result}`)).toEqual(['ports unknown', 'pods pass']);
  });

  it('is silent where none does', () => {
    expect(reportOf([sound])).toMatchObject({ verdict: 'healthy', notChecked: [] });
  });
});
