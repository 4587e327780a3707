import type { ServiceSubject } from '../../service-subject.ts';

/** What the DaemonSet of kube-proxy is called. */
export const KUBE_PROXY = /(^|-)kube-proxy($|-)/;

/** The agents of network plugins, by the names of their DaemonSets. */
export const AGENTS =
  /^(kube-flannel|canal|calico-node|cilium$|anetd|weave-net|antrea-agent|kindnet|aws-node|kube-router|ovnkube-node|azure-cns|kube-ovn-cni)/;

/** Whether kube-proxy matters to requests for this Service: it handles ClusterIPs and node ports, not names. */
export function needsProxy(subject: ServiceSubject): boolean {
  return !subject.headless && subject.type !== 'ExternalName';
}
