import { describe, expect, it } from 'vitest';
import type { KindName } from '../../../shared/model/kinds.ts';
import { snapshotOf } from '../../../shared/testing/builders.ts';
import { recordingIndex } from '../../../shared/testing/recording-index.ts';
import { NETWORK_FAULTS } from '../testing/faults/all.ts';
import { checks } from './checks.ts';

describe('declared needs of netcni', () => {
  const networks = Object.values(NETWORK_FAULTS).map(({ objects }) => objects());

  it.each(checks.map((check) => [check.id, check] as const))('%s reads only what it declares', (_, check) => {
    const reads = new Set<KindName>();
    for (const objects of networks) {
      const index = recordingIndex(snapshotOf(objects), reads);
      const context = { index, now: index.now };
      if (check.applies?.({}, context) === false) continue;
      check.run({}, context);
    }
    const declared = new Set<KindName>([...check.needs, ...(check.uses ?? [])]);
    // Finding the plugin reads a little of everything, and looks at nothing that is not there.
    expect([...reads].filter((kind) => !declared.has(kind)).sort()).toEqual([]);
  });
});
