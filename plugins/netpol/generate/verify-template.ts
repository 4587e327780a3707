import type { LabelSelector } from '../../../shared/model/objects.ts';
import type { NetworkPolicy } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { namespaceOrDefault } from '../../../shared/model/refs.ts';
import { matchesSelector } from '../../../shared/model/selectors.ts';
import { destinationsOf, sourcesOf } from '../../../shared/policy/many/reach.ts';
import { buildPolicyModel, type PolicyFacts, type PolicyModel } from '../../../shared/policy/model.ts';
import { type PortSet, subtractPorts } from '../../../shared/policy/rules/port-set.ts';
import type { Direction } from '../../../shared/policy/rules/rules.ts';
import { isFinished } from '../../../shared/policy/rules/units.ts';
import type { AddressRange } from '../../../shared/util/addresses.ts';
import type { Naming } from '../words/misses.ts';
import { portWords } from '../words/ports.ts';
import { applied, type Verified } from './verify.ts';

/** What a template says it does to one direction of some pods, in words of its own and not read off its policies. */
export interface TemplatePromise {
  readonly direction: Direction;
  readonly pods: LabelSelector;
  /** The ports on which another pod may take part. */
  readonly withPod: (other: Pod) => PortSet;
  /** The ports on which addresses outside may. */
  readonly withRange: (range: AddressRange) => PortSet;
}

/** What became of the promises of a template. */
export interface TemplateVerified extends Verified {
  /** How many pods the template is about. */
  readonly pods: number;
}

/**
 * Judges the policies of a template with the engine, on the pods that are there: alone, each direction lets through what
 * the template promises and nothing else; beside the policies that are there, what is promised must still pass.
 */
export function verifyTemplate(
  facts: PolicyFacts,
  namespace: string,
  policies: readonly NetworkPolicy[],
  promises: readonly TemplatePromise[],
  naming: Naming,
): TemplateVerified {
  const found = { closed: new Set<string>(), more: new Set<string>(), unsure: new Set<string>() };
  const beside = { closed: new Set<string>(), more: new Set<string>(), unsure: new Set<string>() };
  const real = applied(facts, policies);
  const judged = new Set<Pod>();
  const name = ({ metadata }: Pod): string =>
    naming({ kind: 'Pod', namespace: namespaceOrDefault({ metadata }), name: metadata?.name ?? '' });
  for (const promise of promises) {
    const own = facts.pods.filter(
      (pod) =>
        namespaceOrDefault(pod) === namespace &&
        !isFinished(pod) &&
        // Policies do not act on the host network as on other pods: there is nothing to promise.
        pod.spec?.hostNetwork !== true &&
        matchesSelector(promise.pods, pod.metadata?.labels),
    );
    const type = promise.direction === 'ingress' ? 'Ingress' : 'Egress';
    const alone = buildPolicyModel({
      ...facts,
      networkPolicies: policies.filter(({ spec }) => spec?.policyTypes?.includes(type) === true),
      adminNetworkPolicies: [],
      baselineAdminNetworkPolicies: [],
      clusterNetworkPolicies: [],
      otherPolicies: [],
      unseen: [],
    });
    for (const pod of oneOfEach(own)) {
      compare(alone, pod, promise, found, name);
      compare(real, pod, promise, beside, name);
    }
    for (const pod of own) judged.add(pod);
  }
  return {
    pods: judged.size,
    closed: [...new Set([...found.closed, ...beside.closed])],
    more: [...found.more],
    unsure: [...beside.unsure],
    beside: [...beside.more].filter((line) => !found.more.has(line)),
  };
}

/** Pods with equal labels and port names are judged alike. */
function oneOfEach(pods: readonly Pod[]): readonly Pod[] {
  const byKey = new Map<string, Pod>();
  for (const pod of pods) {
    const { containers = [], initContainers = [] } = pod.spec ?? {};
    const ports = [...containers, ...initContainers].map((container) => container.ports ?? []);
    const key = JSON.stringify([pod.metadata?.labels ?? {}, ports]);
    if (!byKey.has(key)) byKey.set(key, pod);
  }
  return [...byKey.values()];
}

interface Found {
  readonly closed: Set<string>;
  readonly more: Set<string>;
  readonly unsure: Set<string>;
}

function compare(
  model: PolicyModel,
  pod: Pod,
  promise: TemplatePromise,
  found: Found,
  nameOf: (pod: Pod) => string,
): void {
  const end = { type: 'pod', pod } as const;
  const reach = promise.direction === 'ingress' ? sourcesOf(model, end) : destinationsOf(model, end);
  const name = nameOf(pod);
  const tell = (other: string, wanted: PortSet, allowed: PortSet, depends: PortSet): void => {
    const line = (ports: PortSet): string =>
      promise.direction === 'ingress'
        ? `${other} to ${name} on ${portWords(ports)}`
        : `${name} to ${other} on ${portWords(ports)}`;
    const missing = subtractPorts(wanted, allowed);
    const shut = subtractPorts(missing, depends);
    if (shut.length > 0) found.closed.add(line(shut));
    else if (missing.length > 0) found.unsure.add(line(missing));
    const more = subtractPorts(allowed, wanted);
    if (more.length > 0) found.more.add(line(more));
  };
  const seen = new Set<Pod>([pod]);
  for (const { allowed, depends, pods } of reach.pods) {
    for (const other of pods) {
      seen.add(other);
      if (other.spec?.hostNetwork !== true) tell(nameOf(other), promise.withPod(other), allowed, depends);
    }
  }
  for (const other of model.pods) {
    if (seen.has(other) || isFinished(other) || other.spec?.hostNetwork === true) continue;
    tell(nameOf(other), promise.withPod(other), [], []);
  }
  for (const { allowed, depends, ranges } of reach.outside) {
    for (const range of ranges) tell('addresses outside', promise.withRange(range), allowed, depends);
  }
}
