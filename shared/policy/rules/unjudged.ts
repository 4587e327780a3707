/**
 * Policies that exist but have no evaluator here, and lists that could not be read. They become policies of the
 * `unjudged` tier: for the pods they concern anything may happen, for all others nothing changes. Which pods are
 * concerned is read from the selector where its form is plain, and taken too wide rather than too narrow where not.
 */
import { kindKeyOf } from '../../model/kinds.ts';
import type { KubeObject, LabelSelector, LabelSelectorRequirement } from '../../model/objects.ts';
import { parseCalicoSelector } from './calico-selector.ts';
import type { PodsPeer, Policy, Unjudged } from './rules.ts';
import { NAMESPACE_NAME_LABEL } from './units.ts';

/** A policy list that could not be read, or one policy whose text does not decode. */
export interface Unseen {
  readonly kind: string;
  /** A namespace, or `*`. */
  readonly namespace: string;
  /** In the words to print: `forbidden: list networkpolicies`. */
  readonly reason: string;
  /** Of one policy, what of it is known. */
  readonly part?: UnseenPart;
}

export interface UnseenPart {
  readonly name: string;
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector: LabelSelector;
  readonly ingress: boolean;
  readonly egress: boolean;
}

/**
 * NetworkPolicies that could not be read leave the pods of their namespace undecided. Cluster-wide kinds do not: whoever
 * has rights in one namespace only can never read them, and would then never get an answer. They belong under "not
 * checked". One policy of any kind leaves those pods undecided that it may be about.
 */
export function unseenPolicy({ kind, namespace, reason, part }: Unseen): Policy | undefined {
  if (kind !== 'NetworkPolicy' && part === undefined) return undefined;
  const everywhere = namespace === '*';
  const scope = everywhere
    ? { namespace: undefined, namespaceSelector: part?.namespaceSelector ?? {} }
    : { namespace, namespaceSelector: undefined };
  const { name, podSelector, ingress, egress } = part ?? { name: '*', podSelector: {}, ingress: true, egress: true };
  const subject: PodsPeer = { type: 'pods', ...scope, podSelector, hostNetwork: 'excluded' };
  const ref = everywhere ? { kind, name } : { kind, namespace, name };
  return unjudgedPolicy(ref, subject, ingress, egress, { why: 'notSeen', reason });
}

/** A Calico or Cilium policy; nothing for other kinds and for policies about nodes. */
export function compileUnjudged(object: KubeObject): readonly Policy[] {
  switch (kindKeyOf(object.apiVersion, object.kind)) {
    case 'CalicoNetworkPolicy':
    case 'CalicoGlobalNetworkPolicy':
      return calico(object);
    case 'CiliumNetworkPolicy':
    case 'CiliumClusterwideNetworkPolicy':
      return cilium(object);
    default:
      return [];
  }
}

interface CalicoPolicy extends KubeObject {
  readonly spec?: {
    readonly selector?: string;
    readonly namespaceSelector?: string;
    readonly types?: readonly string[];
    readonly ingress?: readonly unknown[];
    readonly egress?: readonly unknown[];
  };
}

/** Mirrors that Calico's API server serves of policies which are judged in their own form. */
const CALICO_MIRROR = /^(knp|kanp|kbanp|kcnp)\./;

function calico(object: CalicoPolicy): readonly Policy[] {
  const { name = '', namespace } = object.metadata ?? {};
  if (CALICO_MIRROR.test(name)) return [];
  const { selector, namespaceSelector, types, ingress = [], egress = [] } = object.spec ?? {};
  const scope =
    namespace === undefined
      ? { namespace: undefined, namespaceSelector: parseCalicoSelector(namespaceSelector) }
      : { namespace, namespaceSelector: undefined };
  const subject: PodsPeer = {
    type: 'pods',
    ...scope,
    podSelector: parseCalicoSelector(selector),
    hostNetwork: 'undefined',
  };
  // Calico, NetworkPolicy spec.types: without it Ingress, unless there are egress rules only; Egress when there are any.
  const inward = types?.includes('Ingress') ?? (ingress.length > 0 || egress.length === 0);
  const outward = types?.includes('Egress') ?? egress.length > 0;
  const kind = namespace === undefined ? 'GlobalNetworkPolicy' : 'NetworkPolicy';
  return [unjudgedPolicy(refOf(object, kind, 'projectcalico.org'), subject, inward, outward, family('Calico'))];
}

interface CiliumSpec {
  readonly endpointSelector?: LabelSelector | null;
  readonly ingress?: unknown;
  readonly ingressDeny?: unknown;
  readonly egress?: unknown;
  readonly egressDeny?: unknown;
}

interface CiliumPolicy extends KubeObject {
  readonly spec?: CiliumSpec;
  readonly specs?: readonly CiliumSpec[];
}

function cilium(object: CiliumPolicy): readonly Policy[] {
  const { namespace } = object.metadata ?? {};
  const specs = [...(object.spec === undefined ? [] : [object.spec]), ...(object.specs ?? [])];
  return specs.flatMap((spec) => {
    // Without endpointSelector it is a host policy (nodeSelector).
    if (!spec.endpointSelector) return [];
    const { pods, namespaces } = ciliumSelectors(spec.endpointSelector);
    const scope =
      namespace === undefined
        ? { namespace: undefined, namespaceSelector: namespaces }
        : { namespace, namespaceSelector: undefined };
    const subject: PodsPeer = { type: 'pods', ...scope, podSelector: pods, hostNetwork: 'excluded' };
    const inward = spec.ingress !== undefined || spec.ingressDeny !== undefined;
    const outward = spec.egress !== undefined || spec.egressDeny !== undefined;
    return [unjudgedPolicy(refOf(object, object.kind ?? '', 'cilium.io'), subject, inward, outward, family('Cilium'))];
  });
}

const CILIUM_NAMESPACE = 'io.kubernetes.pod.namespace';
const CILIUM_NAMESPACE_LABEL = 'io.cilium.k8s.namespace.labels.';

/** Cilium keys carry a source (`k8s:`, `any:`), and namespace labels stand among the pod's. */
function ciliumSelectors(selector: LabelSelector): {
  readonly pods: LabelSelector;
  readonly namespaces: LabelSelector;
} {
  const pods: LabelSelectorRequirement[] = [];
  const namespaces: LabelSelectorRequirement[] = [];
  const equal = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: 'In',
    values: [value],
  }));
  for (const requirement of [...equal, ...(selector.matchExpressions ?? [])]) {
    const key = (requirement.key ?? '').replace(/^(k8s|any):/, '');
    // Another source (container, cidr, reserved) is not a Kubernetes label: left out, which makes the match wider.
    if (key.includes(':') || key.startsWith('io.cilium.k8s.policy.')) continue;
    if (key === CILIUM_NAMESPACE) namespaces.push({ ...requirement, key: NAMESPACE_NAME_LABEL });
    else if (key.startsWith(CILIUM_NAMESPACE_LABEL)) {
      namespaces.push({ ...requirement, key: key.slice(CILIUM_NAMESPACE_LABEL.length) });
    } else pods.push({ ...requirement, key });
  }
  return { pods: { matchExpressions: pods }, namespaces: { matchExpressions: namespaces } };
}

function refOf({ metadata }: KubeObject, kind: string, group: string): Policy['ref'] {
  const { name = '', namespace } = metadata ?? {};
  const full = kind === 'NetworkPolicy' ? `${kind}.${group}` : kind;
  return namespace === undefined ? { kind: full, name } : { kind: full, namespace, name };
}

function family(name: string): Unjudged {
  return { why: 'family', reason: name };
}

function unjudgedPolicy(
  ref: Policy['ref'],
  subject: PodsPeer,
  ingress: boolean,
  egress: boolean,
  unjudged: Unjudged,
): Policy {
  const affects = { ingress, egress };
  return { ref, tier: 'unjudged', priority: 0, subject, affects, ingress: [], egress: [], unjudged };
}
