import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refKey } from '../../../shared/model/refs.ts';
import { connectivity } from '../../../shared/policy/many/connectivity.ts';
import { buildPolicyModel, type PolicyFacts, type PolicyModel } from '../../../shared/policy/model.ts';
import { intersectPorts, NO_PORTS, unionPorts } from '../../../shared/policy/rules/port-set.ts';
import { randomCluster } from '../../../shared/policy/testing/random-cluster.ts';
import { type Change, changeOf, groupChanges, type Passing } from './changes.ts';
import { sidesOf } from './sides.ts';

const seed = Number(process.env.POLICY_SEED ?? Date.now() % 1_000_000);

/** What passes between workloads, pod by pod, straight from the matrix of pods. */
function passings(model: PolicyModel): ReadonlyMap<string, Passing> {
  const matrix = connectivity(model, 'pod');
  const found = new Map<string, Passing>();
  for (const [from, source] of matrix.peers.entries()) {
    for (const [to, target] of matrix.peers.entries()) {
      if (from === to || source.type !== 'pods' || target.type !== 'pods') continue;
      const [a, b] = [source.pods[0], target.pods[0]];
      if (a === undefined || b === undefined) continue;
      const [one, other] = [refKey(model.workloadOf(a)), refKey(model.workloadOf(b))];
      if (one === other) continue;
      const cell = matrix.cell(from, to);
      const known = found.get(`${one} ${other}`);
      found.set(`${one} ${other}`, {
        some: unionPorts(known?.some ?? NO_PORTS, cell.some),
        every: known === undefined ? cell.allowed : intersectPorts(known.every, cell.allowed),
        depends: unionPorts(known?.depends ?? NO_PORTS, cell.depends),
      });
    }
  }
  return found;
}

function text(name: string, { lost, gained, mayLose, mayGain }: Change): string {
  return `${name} lost ${lost.join()} gained ${gained.join()} may ${mayLose.join()} and ${mayGain.join()}`;
}

function expected(before: PolicyModel, after: PolicyModel): readonly string[] {
  const [a, b] = [passings(before), passings(after)];
  return [...new Set([...a.keys(), ...b.keys()])].sort().flatMap((name) => {
    const change = changeOf(a.get(name), b.get(name));
    return change === undefined ? [] : [text(name, change)];
  });
}

function found(before: PolicyModel, after: PolicyModel): readonly string[] {
  const lines: string[] = [];
  for (const { from, to, change } of groupChanges(sidesOf(before, after))) {
    for (const one of from.ends) {
      for (const other of to.ends) {
        if (one !== other) lines.push(text(`${refKey(one.ref)} ${refKey(other.ref)}`, change));
      }
    }
  }
  return lines.sort();
}

/** The policies of one cluster over the pods of another. */
function withPolicies(facts: PolicyFacts, from: PolicyFacts): PolicyFacts {
  return {
    ...facts,
    networkPolicies: from.networkPolicies ?? [],
    adminNetworkPolicies: from.adminNetworkPolicies ?? [],
    baselineAdminNetworkPolicies: from.baselineAdminNetworkPolicies ?? [],
    clusterNetworkPolicies: from.clusterNetworkPolicies ?? [],
  };
}

describe(`groups against pods one by one, seed ${seed} (POLICY_SEED repeats it)`, () => {
  it('find the same changes when policies change, and when pods do', { timeout: 600_000 }, () => {
    fc.assert(
      fc.property(randomCluster(), randomCluster(), fc.boolean(), (one, other, samePods) => {
        const before = buildPolicyModel(one);
        const after = buildPolicyModel(samePods ? withPolicies(one, other) : other);
        expect(found(before, after)).toEqual(expected(before, after));
      }),
      { numRuns: 60, seed },
    );
  });

  it('find the same changes when one policy goes or comes', { timeout: 600_000 }, () => {
    fc.assert(
      fc.property(randomCluster(), fc.boolean(), (facts, goes) => {
        const { networkPolicies = [], adminNetworkPolicies = [] } = facts;
        const fewer =
          networkPolicies.length > 0
            ? { ...facts, networkPolicies: networkPolicies.slice(1) }
            : { ...facts, adminNetworkPolicies: adminNetworkPolicies.slice(1) };
        const [before, after] = (goes ? [facts, fewer] : [fewer, facts]).map((one) => buildPolicyModel(one));
        if (before === undefined || after === undefined) throw new Error('two models are compared');
        expect(sidesOf(before, after).touched).toBeDefined();
        expect(found(before, after)).toEqual(expected(before, after));
      }),
      { numRuns: 100, seed },
    );
  });

  it('find nothing between a cluster and itself', { timeout: 600_000 }, () => {
    fc.assert(
      fc.property(randomCluster(), (facts) => {
        expect([...groupChanges(sidesOf(buildPolicyModel(facts), buildPolicyModel(facts)))]).toEqual([]);
      }),
      { numRuns: 20, seed },
    );
  });
});
