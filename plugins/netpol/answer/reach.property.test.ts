import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildPolicyModel } from '../../../shared/policy/model.ts';
import { hasPort, PROTOCOLS, type Protocol } from '../../../shared/policy/rules/port-set.ts';
import type { Direction } from '../../../shared/policy/rules/rules.ts';
import type { PodUnit } from '../../../shared/policy/rules/units.ts';
import { naiveAnswer } from '../../../shared/policy/testing/naive.ts';
import { PORTS, randomCluster } from '../../../shared/policy/testing/random-cluster.ts';
import type { Party } from '../targets/party.ts';
import type { AskedPort } from '../targets/ports.ts';
import { judgePair } from './judge-pair.ts';
import { type ReachGroup, reachGroups } from './reach-groups.ts';

const seed = Number(process.env.POLICY_SEED ?? Date.now() % 1_000_000);
const runs = Number(process.env.POLICY_RUNS ?? 1);

/** Milliseconds after which a busy machine may give up. */
const SLOW = 600_000;

function partyOf(members: readonly PodUnit[]): Party {
  return { words: 'those', ref: { kind: 'Pod', name: 'those' }, members, notes: [] };
}

function askedFor(protocol: Protocol, port: number): AskedPort {
  return { words: `${protocol} ${port}`, protocol, on: () => port };
}

/** What the groups say of one pod and one member. */
function claims(
  groups: readonly ReachGroup[],
  other: PodUnit,
  member: PodUnit,
): { readonly near: readonly string[]; readonly far: readonly string[] } {
  const isMeant = ({ only }: ReachGroup): boolean => only.length === 0 || only.includes(member);
  const own = groups.filter(({ pods }) => pods.includes(other.pod));
  const near = own.filter(({ nodes }) => nodes.includes(member.nodeName) && other.nodeName === member.nodeName);
  const far = own.filter((group) => group.nodes.length === 0 && isMeant(group));
  return { near: near.map(({ answer }) => answer), far: far.map(({ answer }) => answer) };
}

/** A cluster of few sorts of pods: replicas on two nodes, and every third pod on the host network. */
const cluster = randomCluster().map((facts) => {
  const pods = facts.pods.map((pod, at) => {
    const sort = facts.pods[at % 2];
    const metadata = {
      ...pod.metadata,
      namespace: sort?.metadata?.namespace ?? '',
      labels: sort?.metadata?.labels ?? {},
    };
    const spec = { ...pod.spec, nodeName: `node-${(at % 3) + 1}`, hostNetwork: at % 4 === 3 };
    return { ...pod, metadata, spec };
  });
  return { ...facts, pods };
});
const clusters = fc.oneof(randomCluster(), cluster);

const places = fc.record({
  namespace: fc.constantFrom('n1', 'n2', 'n3'),
  protocol: fc.constantFrom(...PROTOCOLS),
  port: fc.constantFrom(...PORTS),
  direction: fc.constantFrom<Direction>('ingress', 'egress'),
});

describe(`many ends against the naive evaluator, seed ${seed} (POLICY_SEED repeats it)`, () => {
  it(
    'tells of every pod what becomes of it, also where it shares a node with some of those asked about',
    () => {
      fc.assert(
        fc.property(clusters, places, (facts, { namespace, protocol, port, direction }) => {
          const model = buildPolicyModel(facts);
          const members = model.units.filter((unit) => unit.namespace.name === namespace);
          const party = partyOf(members);
          const groups = reachGroups(model, party, [askedFor(protocol, port)], direction).filter(({ ports }) =>
            hasPort(ports, protocol, port),
          );
          for (const other of model.units.filter((unit) => !members.includes(unit))) {
            for (const member of members) {
              const [from, to] = direction === 'ingress' ? [other.pod, member.pod] : [member.pod, other.pod];
              const wanted = naiveAnswer(facts, from, to, protocol, port);
              const { near, far } = claims(groups, other, member);
              // Who shares a node is told for all members of the node at once.
              if (near.length > 0) expect([...near, ...far]).toContain(wanted);
              else if (far.length > 0) expect(far).toEqual([wanted]);
              else expect(wanted).toBe('no');
            }
          }
        }),
        { numRuns: 150 * runs, seed },
      );
    },
    SLOW,
  );

  it(
    'counts the pairs of two ends',
    () => {
      fc.assert(
        fc.property(clusters, places, (facts, { namespace, protocol, port }) => {
          const model = buildPolicyModel(facts);
          const senders = model.units.filter((unit) => unit.namespace.name === namespace);
          const receivers = model.units.filter((unit) => unit.namespace.name !== namespace);
          if (senders.length === 0 || receivers.length === 0) return;
          const enforced = { enforced: 'yes', by: undefined, plugins: [] } as const;
          const asked = [askedFor(protocol, port)];
          const [judged] = judgePair(model, enforced, partyOf(senders), partyOf(receivers), asked).ports;
          const counts = { yes: 0, no: 0, depends: 0 };
          for (const { verdict, count } of judged?.pairs ?? []) counts[verdict.answer] += count;
          const wanted = { yes: 0, no: 0, depends: 0 };
          for (const a of senders)
            for (const b of receivers) wanted[naiveAnswer(facts, a.pod, b.pod, protocol, port)]++;
          expect(counts).toEqual(wanted);
        }),
        { numRuns: 150 * runs, seed },
      );
    },
    SLOW,
  );
});
