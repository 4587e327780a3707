import type { Fix } from '../../../../shared/messages/finding.ts';
import type { Peer } from '../../../../shared/policy/rules/rules.ts';
import type { AccessPolicy, AccessPort, ServiceAccess } from '../../../../shared/policy/services/service-access.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/**
 * Ports that a cluster-wide policy closes to every pod. The ingress rules of these kinds mean pods alone
 * (AdminNetworkPolicyIngressPeer), so that addresses outside pass; they have no way to a Service without one to the outside.
 */
export function closedToPods({ type, service }: ServiceSubject, access: ServiceAccess): readonly AccessPort[] {
  const inside = type === 'ClusterIP' && (service.spec?.externalIPs ?? []).length === 0;
  if (!inside || !access.policies.some(deniesAllPods)) return [];
  const lets = access.policies.some(({ rules }) => rules.some(({ action }) => action !== 'deny'));
  return access.ports.filter(({ sameNamespace, otherNamespaces }) => {
    const all = [sameNamespace, otherNamespaces];
    // Where no other pod was read, only a rule that lets some in could keep the denial from one.
    return (!lets || all.some(({ none }) => none > 0)) && all.every(({ none, total }) => none === total);
  });
}

/** The line to look at where a policy that a NetworkPolicy cannot undo denies all pods. */
export function clusterFix({ policies }: ServiceAccess): Fix | undefined {
  const found = policies.find((policy) => policy.tier === 'admin' && deniesAllPods(policy));
  if (found === undefined) return undefined;
  const { kind, name } = found.policy;
  return {
    title: `put a rule that lets the callers in before the denial: no NetworkPolicy can undo ${kind} ${name}`,
    command: `kubectl edit ${kind.toLowerCase()} ${name}`,
    risk: 'low',
  };
}

function deniesAllPods({ rules }: AccessPolicy): boolean {
  return rules.some(
    ({ action, peers }) => action === 'deny' && peers !== 'any' && peers.some(({ peer }) => isAll(peer)),
  );
}

function isAll(peer: Peer): boolean {
  if (peer.type !== 'pods' || peer.namespace !== undefined) return false;
  return [peer.namespaceSelector ?? {}, peer.podSelector].every((selector) => Object.keys(selector).length === 0);
}
