import { describe, expect, it } from 'vitest';
import { checkObjects } from '../testing/check-objects.ts';
import { NETWORK_FAULTS } from '../testing/faulty-networks.ts';

describe('a fault of the network is the first cause', () => {
  it.each(Object.entries(NETWORK_FAULTS))('%s', (_, { objects, code, words }) => {
    const report = checkObjects(objects());
    const [first] = report.causes;
    expect(`${first?.code} ${first?.summary}`).toContain(code);
    const told = `${report.headline}\n${first?.summary ?? ''}\n${(first?.evidence ?? []).map(({ fact, source }) => `${fact} (${source})`).join('\n')}`;
    for (const word of words) expect(told).toContain(word);
    expect(['broken', 'degraded']).toContain(report.verdict);
  });
});
