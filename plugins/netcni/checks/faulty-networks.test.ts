import { describe, expect, it } from 'vitest';
import { checkObjects } from '../testing/check-objects.ts';
import { NETWORK_FAULTS } from '../testing/faults/all.ts';

const faults = Object.entries(NETWORK_FAULTS);
const nearMisses = faults.flatMap(([name, { sound }]) =>
  (sound?.() ?? []).map((objects, at) => [`${name}: sound network ${at + 1}`, objects] as const),
);

describe('a fault of the network is the first cause', () => {
  it.each(faults)('%s', (_, { objects, code, words, note, second }) => {
    const report = checkObjects(objects());
    const [first] = note === true ? report.findings : report.causes;
    expect(`${first?.code} ${first?.summary}`).toContain(code);
    const told = `${note === true ? '' : report.headline}\n${first?.summary ?? ''}\n${(first?.evidence ?? []).map(({ fact, source }) => `${fact} (${source})`).join('\n')}`;
    for (const word of words) expect(told).toContain(word);
    if (note === true) expect(report.causes).toEqual([]);
    if (second !== undefined) expect(report.causes[1]?.code).toBe(second);
    expect(note === true ? ['healthy'] : ['broken', 'degraded']).toContain(report.verdict);
  });
});

describe('what comes near to a fault and is in order gets silence', () => {
  it.each(nearMisses)('%s', (_, objects) => {
    const report = checkObjects(objects);
    expect([...report.causes, ...report.findings].map(({ code, summary }) => `${code} ${summary}`)).toEqual([]);
    expect(report.verdict).toBe('healthy');
  });
});
