import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pod } from '../../model/objects-pod.ts';
import { type AddressRange, inRange, parseAddress } from '../../util/addresses.ts';
import { connectivity, type Matrix } from '../many/connectivity.ts';
import { type AllowedPorts, allowedPorts } from '../many/pair-sets.ts';
import { destinationsOf, type Reachable, sourcesOf } from '../many/reach.ts';
import { buildPolicyModel, type PolicyFacts } from '../model.ts';
import { hasPort, type PortSet, PROTOCOLS, type Protocol, samePorts } from '../rules/port-set.ts';
import { naiveAnswer } from '../testing/naive.ts';
import type { NaiveEnd } from '../testing/naive-match.ts';
import { OUTSIDE, PORTS, randomCluster } from '../testing/random-cluster.ts';
import { type Endpoint, evaluate } from './evaluate.ts';

const seed = Number(process.env.POLICY_SEED ?? Date.now() % 1_000_000);
const runs = Number(process.env.POLICY_RUNS ?? 1);

/** Milliseconds after which a busy machine may give up. */
const SLOW = 600_000;

function endpoint(end: NaiveEnd): Endpoint {
  return typeof end === 'string' ? { type: 'address', cidr: end } : { type: 'pod', pod: end };
}

function answerIn({ allowed, depends }: AllowedPorts, protocol: Protocol, port: number): string {
  return hasPort(allowed, protocol, port) ? 'yes' : hasPort(depends, protocol, port) ? 'depends' : 'no';
}

/** Picks a question by number, so that fast-check can shrink it. */
function question(
  facts: PolicyFacts,
  pick: number,
): { from: NaiveEnd; to: NaiveEnd; protocol: Protocol; port: number } {
  const ends: NaiveEnd[] = [...facts.pods, ...OUTSIDE];
  let rest = pick;
  const take = <T>(list: readonly T[]): T => {
    const found = list[rest % list.length];
    rest = Math.floor(rest / list.length);
    if (found === undefined) throw new Error('empty list');
    return found;
  };
  const from = take(ends);
  return { from, to: take(typeof from === 'string' ? facts.pods : ends), protocol: take(PROTOCOLS), port: take(PORTS) };
}

const picks = fc.array(fc.nat(14 * 14 * 3 * 6), { minLength: 25, maxLength: 25 });

describe(`against the naive evaluator, seed ${seed} (POLICY_SEED repeats it)`, () => {
  it(
    'answers and walks as the specification reads',
    () => {
      fc.assert(
        fc.property(randomCluster(), picks, (facts, all) => {
          const model = buildPolicyModel(facts);
          for (const pick of all) {
            const { from, to, protocol, port } = question(facts, pick);
            const wanted = naiveAnswer(facts, from, to, protocol, port);
            const verdict = evaluate(model, endpoint(from), endpoint(to), { protocol, port });
            expect(verdict.answer).toBe(wanted);
            expect(answerIn(allowedPorts(model, endpoint(from), endpoint(to)), protocol, port)).toBe(wanted);
            if (wanted === 'depends') expect(verdict.reasons).not.toEqual([]);
          }
        }),
        { seed, numRuns: 1200 * runs },
      );
    },
    SLOW,
  );

  it(
    'fills the matrix and its rows and columns with the same answers',
    () => {
      fc.assert(
        fc.property(randomCluster(), fc.nat(), (facts, pick) => {
          const model = buildPolicyModel(facts);
          const matrix = connectivity(model, 'pod');
          const target = facts.pods[pick % facts.pods.length];
          if (target === undefined) return;
          const column = sourcesOf(model, endpoint(target));
          const row = destinationsOf(model, endpoint(target));
          for (const other of facts.pods) {
            if (other === target || !counts(target) || !counts(other)) continue;
            expectSame(reachOf(column, other), allowedPorts(model, endpoint(other), endpoint(target)));
            expectSame(reachOf(row, other), allowedPorts(model, endpoint(target), endpoint(other)));
            if (!onOneNode(target, other)) {
              expectSame(cellOf(matrix, target, other), allowedPorts(model, endpoint(target), endpoint(other)));
            }
          }
          if (!counts(target)) return;
          for (const address of OUTSIDE) {
            const wanted = allowedPorts(model, endpoint(address), endpoint(target));
            expectSame(outsideOf(column, address), wanted);
            expectSame(outsideCell(matrix, address, target), wanted);
          }
        }),
        { seed, numRuns: 800 * runs },
      );
    },
    SLOW,
  );
});

function counts({ status }: Pod): boolean {
  return status?.phase !== 'Succeeded';
}

/** The matrix does not speak of a pod and its own node, which host-networked pods there are taken for. */
function onOneNode(a: Pod, b: Pod): boolean {
  const host = a.spec?.hostNetwork === true || b.spec?.hostNetwork === true;
  return host && a.spec?.nodeName !== '' && a.spec?.nodeName === b.spec?.nodeName;
}

function expectSame(found: AllowedPorts | undefined, wanted: AllowedPorts): void {
  const same = (a: PortSet | undefined, b: PortSet): boolean => a !== undefined && samePorts(a, b);
  if (same(found?.allowed, wanted.allowed) && same(found?.depends, wanted.depends)) return;
  expect({ allowed: found?.allowed, depends: found?.depends }).toEqual(wanted);
}

function reachOf(reachable: Reachable, pod: Pod): AllowedPorts | undefined {
  return reachable.pods.find(({ pods }) => pods.includes(pod));
}

function outsideOf(reachable: Reachable, address: string): AllowedPorts | undefined {
  return reachable.outside.find(({ ranges }) => ranges.some((range) => holdsAddress(range, address)));
}

function cellOf(matrix: Matrix, from: Pod, to: Pod): AllowedPorts | undefined {
  const at = (pod: Pod): number => matrix.peers.findIndex((peer) => peer.type === 'pods' && peer.pods.includes(pod));
  return matrix.cell(at(from), at(to));
}

function outsideCell(matrix: Matrix, address: string, to: Pod): AllowedPorts | undefined {
  const from = matrix.peers.findIndex(
    (peer) => peer.type === 'outside' && peer.ranges.some((range) => holdsAddress(range, address)),
  );
  const column = matrix.peers.findIndex((peer) => peer.type === 'pods' && peer.pods.includes(to));
  return matrix.cell(from, column);
}

function holdsAddress(range: AddressRange, text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && inRange(range, address);
}
