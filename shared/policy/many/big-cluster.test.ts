import { expect, it } from 'vitest';
import { buildPolicyModel } from '../model.ts';
import { formatPorts } from '../rules/port-set.ts';
import { generate } from '../testing/bench.ts';
import { connectivity } from './connectivity.ts';
import { allowedPorts } from './pair-sets.ts';
import { destinationsOf, sourcesOf } from './reach.ts';

/** What a cluster of some hundred workloads looks like to the index: many namespaces, blocks, port names, replicas. */
it('answers one pair, one column, one row and the whole matrix alike on a bigger cluster', () => {
  const facts = generate(600, 150, 3);
  const model = buildPolicyModel(facts);
  const matrix = connectivity(model, 'pod');
  const place = new Map(
    matrix.peers.flatMap((peer, at) => (peer.type === 'pods' ? peer.pods.map((pod) => [pod, at]) : [])),
  );
  for (const target of facts.pods.filter((_, i) => i % 97 === 0)) {
    const to = { type: 'pod', pod: target } as const;
    for (const { pods, allowed } of sourcesOf(model, to).pods) {
      for (const pod of pods.filter((_, i) => i % 7 === 0)) {
        const pair = allowedPorts(model, { type: 'pod', pod }, to);
        expect(formatPorts(allowed)).toBe(formatPorts(pair.allowed));
        expect(formatPorts(matrix.cell(place.get(pod) ?? -1, place.get(target) ?? -1).allowed)).toBe(
          formatPorts(allowed),
        );
      }
    }
    for (const { pods, allowed } of destinationsOf(model, to).pods) {
      for (const pod of pods.filter((_, i) => i % 7 === 0)) {
        expect(formatPorts(allowedPorts(model, to, { type: 'pod', pod }).allowed)).toBe(formatPorts(allowed));
      }
    }
  }
});
