import { UsageError } from '../../../shared/cli/command.ts';
import { nearestWords } from '../../../shared/cli/nearest.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { WORKLOAD_KINDS } from '../../../shared/model/owners.ts';
import { formatRef, namespaceOrDefault, type Ref } from '../../../shared/model/refs.ts';
import { unitOfEndpoint } from '../../../shared/policy/evaluate/evaluate.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import { matchLabels } from '../../../shared/policy/rules/labels.ts';
import { isFinished, podName, type Unit } from '../../../shared/policy/rules/units.ts';
import { selectedPods } from '../../../shared/policy/services/service-targets.ts';
import { formatAddress, parseCidr } from '../../../shared/util/addresses.ts';
import { internetRanges } from '../answer/internet.ts';
import { isPaper } from '../policy-facts.ts';
import { imaginedPod } from './imagined-pod.ts';
import { hintOfNamespaces, missing, nearHint, podsSeen, type Resolved, unseen } from './not-found.ts';
import { type End, type EndKind, namespaceOfEnd } from './parse-end.ts';

interface World {
  readonly index: ClusterIndex;
  readonly model: PolicyModel;
}

/** Finds the pods, nodes or addresses that an end means. Throws a UsageError for a name that surely does not exist. */
export function resolveEnd(world: World, end: End, inForce: string): Resolved {
  const namespace = namespaceOfEnd(end, inForce);
  switch (end.type) {
    case 'internet':
      return outside(
        'the internet',
        { kind: 'Address', name: 'internet' },
        familiesOf(world.model).flatMap((family) => internetRanges(family)),
      );
    case 'address':
      return addressParty(world, end.cidr);
    case 'selector':
      return selectorParty(world, end, namespace);
    case 'object':
      return end.orIn !== undefined && isNamespaceMeant(world, end.kind, namespace, end.name, end.orIn)
        ? nameParty(world, end.orIn, end.name, inForce)
        : objectParty(world, end.kind, namespace, end.name);
    case 'name':
      return nameParty(world, namespace, end.name, inForce);
  }
}

/** The families that pods have addresses of; of pods without any, IPv4 and what the policies name. */
function familiesOf({ units, policies }: PolicyModel): readonly (4 | 6)[] {
  const own = new Set(
    units.flatMap(({ hostNetwork, addresses }) => (hostNetwork ? [] : addresses)).map(({ family }) => family),
  );
  if (own.size > 0) return ([4, 6] as const).filter((family) => own.has(family));
  const named = policies
    .flatMap(({ ingress, egress }) => [...ingress, ...egress])
    .some(({ peers }) => peers !== 'any' && peers.some((peer) => peer.type === 'block' && peer.range?.family === 6));
  return named ? [4, 6] : [4];
}

function outside(words: string, ref: Ref, ranges: readonly { family: 4 | 6; first: bigint; last: bigint }[]): Resolved {
  const members = ranges.map((range): Unit => ({ type: 'range', range }));
  return { type: 'party', party: { words, ref, members, notes: [] } };
}

/** The Service whose address it is, else the pod or node, else an address outside. */
function addressParty({ index, model }: World, cidr: string): Resolved {
  const range = parseCidr(cidr);
  const single = range !== undefined && range.first === range.last;
  const plain = single ? formatAddress({ family: range.family, value: range.first }) : cidr;
  const service = single
    ? index.list('Service').find(({ spec }) => [spec?.clusterIP, ...(spec?.clusterIPs ?? [])].includes(plain))
    : undefined;
  if (service !== undefined) return serviceParty({ index, model }, service);
  const { unit, notes } = unitOfEndpoint(model, { type: 'address', cidr });
  return { type: 'party', party: { words: cidr, ref: { kind: 'Address', name: cidr }, members: [unit], notes } };
}

function selectorParty(
  { index, model }: World,
  { selector, text }: Extract<End, { type: 'selector' }>,
  namespace: string,
): Resolved {
  const members = model.units.filter(
    (unit) => unit.namespace.name === namespace && matchLabels(selector, unit.labels) === 'yes',
  );
  const words = `pods ${text} of ${namespace}`;
  if (members.length === 0) {
    if (!podsSeen(index, namespace)) return unseen(index, words, 'Pod', namespace);
    const imagined = isPaper(index) ? imaginedPod(model, selector, namespace) : undefined;
    if (imagined !== undefined) {
      const ref: Ref = { kind: 'Pod', namespace, name: text };
      return {
        type: 'party',
        party: { words: `a pod ${text} of ${namespace} (the files hold none)`, ref, members: [imagined], notes: [] },
      };
    }
    const [, first = '', labels = ''] = /^([a-z0-9-]+)\/(.+)$/.exec(text) ?? [];
    const hint = model.units.some((unit) => unit.namespace.name === first)
      ? `Labels of pods of namespace ${first}: ${first}:${labels}`
      : hintOfNamespaces(model, (unit) => matchLabels(selector, unit.labels) === 'yes', namespace);
    throw new UsageError(`no pod in namespace ${namespace} has the labels ${text}`, hint);
  }
  return { type: 'party', party: { words, ref: { kind: 'Pod', namespace, name: text }, members, notes: [] } };
}

function objectParty(world: World, kind: EndKind, namespace: string, name: string): Resolved {
  const { index, model } = world;
  switch (kind) {
    case 'Namespace':
      return namespaceParty(world, name);
    case 'Node': {
      const node = index.get('Node', undefined, name);
      const ref: Ref = { kind, name };
      if (node === undefined) return missing(index, kind, undefined, name);
      const { unit } = unitOfEndpoint(model, { type: 'node', node });
      return { type: 'party', party: { words: formatRef(ref), ref, members: [unit], notes: [] } };
    }
    case 'Service': {
      const service = index.get('Service', namespace, name);
      return service === undefined ? missing(index, kind, namespace, name) : serviceParty(world, service);
    }
    case 'Pod': {
      const pod = podOf(world, namespace, name);
      return pod === undefined
        ? missing(index, kind, namespace, name)
        : podsParty(world, refOf(kind, namespace, name), [pod]);
    }
    default: {
      const found = workloadParty(world, kind, namespace, name);
      return found ?? missing(index, kind, namespace, name);
    }
  }
}

/** The pod of that name; of pods that the server will name also by what is known of it, `job-*`. */
function podOf({ index, model }: World, namespace: string, name: string): Pod | undefined {
  const own = index.get('Pod', namespace, name);
  if (own !== undefined || !name.endsWith('*')) return own;
  return model.pods.find((pod) => namespaceOrDefault(pod) === namespace && podName(pod) === name);
}

/** `jobs/batch` where there is no Job of that name, and a namespace jobs. */
function isNamespaceMeant(world: World, kind: EndKind, namespace: string, name: string, word: string): boolean {
  const { index, model } = world;
  if (kind === 'Namespace' || kind === 'Node' || !model.units.some((unit) => unit.namespace.name === word))
    return false;
  return index.get(kind, namespace, name) === undefined && workloadParty(world, kind, namespace, name) === undefined;
}

/** A Service first, because that is what people reach; then the workload, then the pod. */
function nameParty(world: World, namespace: string, name: string, inForce: string): Resolved {
  const { index, model } = world;
  const service = index.get('Service', namespace, name);
  if (service !== undefined && (selectedPods(service, model.pods).length > 0 || service.spec?.selector == null)) {
    return serviceParty(world, service);
  }
  for (const kind of WORKLOAD_KINDS) {
    const found = workloadParty(world, kind, namespace, name);
    if (found !== undefined) return found;
  }
  const pod = podOf(world, namespace, name);
  if (pod !== undefined) return podsParty(world, refOf('Pod', namespace, name), [pod]);
  if (service !== undefined) return serviceParty(world, service);
  if (model.namespaces.has(name) && model.units.some((unit) => unit.namespace.name === name)) {
    return namespaceParty(world, name);
  }
  return (
    ownedParty(world, inForce, name, (kind) => kind.toLowerCase() === namespace.toLowerCase()) ??
    // A workload of a kind of which nothing is read but its template or its pods.
    ownedParty(world, namespace, name, () => true) ??
    missing(index, undefined, namespace, name)
  );
}

/** `rollout/web`: a kind of which nothing is read but the pods that name it as their owner. */
function ownedParty(
  world: World,
  namespace: string,
  name: string,
  isKind: (kind: string) => boolean,
): Resolved | undefined {
  const pods = world.model.pods.filter((pod) => {
    const owner = world.model.workloadOf(pod);
    return owner.name === name && owner.namespace === namespace && isKind(owner.kind);
  });
  const [first] = pods;
  return first === undefined ? undefined : podsParty(world, world.model.workloadOf(first), pods);
}

function serviceParty({ model, index }: World, service: Service): Resolved {
  const { name = '', namespace = '' } = service.metadata ?? {};
  const ref = refOf('Service', namespace, name);
  if (service.spec?.type === 'ExternalName') {
    throw new UsageError(
      `${formatRef(ref)} is another name for ${service.spec.externalName ?? 'a name outside'}, which policies know by its addresses only`,
      'Ask about its address or CIDR block, or about the internet.',
    );
  }
  const pods = selectedPods(service, model.pods);
  const hand = service.spec?.selector == null ? handMade({ model, index }, service) : [];
  const members = [...pods.map((pod) => model.unitOf(pod)), ...hand];
  if (members.length === 0) {
    if (!podsSeen(index, namespace)) return unseen(index, formatRef(ref), 'Pod', namespace);
    const podsThere = model.units.filter((unit) => unit.namespace.name === namespace).length;
    return { type: 'empty', service, podsThere };
  }
  return { type: 'party', party: { words: formatRef(ref), ref, members, service, notes: [] } };
}

/** The addresses of a Service without a selector. */
function handMade({ model, index }: World, service: Service): readonly Unit[] {
  const { name = '', namespace = '' } = service.metadata ?? {};
  const slices = index
    .list('EndpointSlice', namespace)
    .filter(({ metadata }) => metadata?.labels?.['kubernetes.io/service-name'] === name);
  const addresses = slices.flatMap((slice) => (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses ?? []));
  return [...new Set(addresses)]
    .filter((address) => parseCidr(address) !== undefined)
    .map((cidr) => unitOfEndpoint(model, { type: 'address', cidr }).unit);
}

function namespaceParty({ model, index }: World, name: string): Resolved {
  const members = model.units.filter((unit) => unit.namespace.name === name);
  const ref: Ref = { kind: 'Namespace', name };
  if (members.length > 0) return { type: 'party', party: { words: `namespace ${name}`, ref, members, notes: [] } };
  if (!podsSeen(index, name)) return unseen(index, `namespace ${name}`, 'Pod', name);
  const names = [...new Set(model.units.map((unit) => unit.namespace.name))];
  throw new UsageError(`there is no pod in namespace ${name}`, nearHint(nearestWords(name, names), 'ns/'));
}

function workloadParty(world: World, kind: string, namespace: string, name: string): Resolved | undefined {
  const { model, index } = world;
  const pods = model.pods.filter((pod) => {
    if (namespaceOrDefault(pod) !== namespace) return false;
    const owner = model.workloadOf(pod);
    return owner.kind === kind && owner.name === name;
  });
  if (pods.length > 0) return podsParty(world, refOf(kind, namespace, name), pods);
  const known = WORKLOAD_KINDS.find((candidate) => candidate === kind);
  const object = known === undefined ? undefined : index.get(known, namespace, name);
  if (object === undefined) return undefined;
  // Its pods are called by what stands between: a ReplicaSet that was not read.
  const own = ownPods(model, object, namespace);
  if (own.length > 0) return podsParty(world, refOf(kind, namespace, name), own);
  const { unit } = unitOfEndpoint(model, { type: 'workload', kind, workload: object });
  const ref = refOf(kind, namespace, name);
  return { type: 'party', party: { words: `${formatRef(ref)} (no pod now)`, ref, members: [unit], notes: [] } };
}

function ownPods(model: PolicyModel, object: KubeObject, namespace: string): readonly Pod[] {
  const { spec } = object as { readonly spec?: { readonly selector?: Parameters<typeof matchLabels>[0] } };
  const selector = spec?.selector;
  if (selector === undefined || Object.keys(selector).length === 0) return [];
  return model.units
    .filter((unit) => unit.namespace.name === namespace && matchLabels(selector, unit.labels) === 'yes')
    .map(({ pod }) => pod);
}

function podsParty({ model }: World, ref: Ref, pods: readonly Pod[]): Resolved {
  const running = pods.filter((pod) => !isFinished(pod));
  const members = (running.length > 0 ? running : pods).map((pod) => model.unitOf(pod));
  return { type: 'party', party: { words: formatRef(ref), ref, members, notes: [] } };
}

function refOf(kind: string, namespace: string, name: string): Ref {
  return { kind, namespace, name };
}
