import type { ServiceSubject } from '../../service-subject.ts';

/** What the DaemonSet of kube-proxy is called. */
export const KUBE_PROXY = /(^|-)kube-proxy($|-)/;

/** Whether kube-proxy matters to requests for this Service: it handles ClusterIPs and node ports, not names. */
export function needsProxy(subject: ServiceSubject): boolean {
  return !subject.headless && subject.type !== 'ExternalName';
}
