import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

/** DNS110 and DNS112: servers that cannot read Services from the API server. */
export const apiAccessMessages = defineMessages({
  DNS110: message<{ pods: string; what: string }>({
    slug: 'api-unreachable',
    severity: 'critical',
    rung: 30,
    covers: ['DNS101', 'DNS103', 'DNS105', 'DNS109', 'DNS130'],
    title: 'the DNS servers cannot reach the API server',
    summary: ({ pods, what }) =>
      what === ''
        ? `DNS servers know no Services: ${pods} wait for the API server, which they cannot reach or may not read`
        : `DNS servers know no Services, because they cannot reach the API server: ${pods}: ${what}`,
    explain:
      'CoreDNS reads Services and EndpointSlices from the API server, through the ClusterIP of Service default/kubernetes. ' +
      'Until it has, it is not ready, and answers NXDOMAIN for names that exist.\nTime-outs to that ClusterIP mean that ' +
      'kube-proxy, the network plugin or a NetworkPolicy on the DNS servers stands between: kubectl netcni and kubectl netsvc ' +
      'kubernetes -n default look there. "x509" and "Unauthorized" mean the certificate or the token of the servers.',
  }),

  DNS112: message<{
    resource: string;
    account: string;
    namespace: string;
    /** The servers are ready: they read what there was, and were refused later. */
    later?: boolean;
    /** What is missing, where the roles were read. */
    lacks?: 'rule' | 'binding';
  }>({
    slug: 'servers-lack-rights',
    severity: 'critical',
    rung: 20,
    covers: ['DNS101', 'DNS103', 'DNS105', 'DNS109', 'DNS110', 'DNS130'],
    title: 'the DNS servers may not read what they need',
    summary: ({ resource, account, later = false }) =>
      later
        ? `DNS servers may no longer list ${resource}: the API server refuses ${account}, so they answer with those they knew before`
        : `DNS servers may not list ${resource}: the API server refuses ${account}, so they know no ${resource}`,
    explain:
      'CoreDNS lists and watches Services, Namespaces, EndpointSlices and, with pods verified, Pods. ClusterRole ' +
      'system:coredns grants that to its ServiceAccount. Since 1.8.3 EndpointSlices are needed: an upgrade that left the role ' +
      'as it was ends like this.',
    fixes: ({ resource, account, lacks }) => [
      {
        title: `see what the role grants; ${resource} must be there with list and watch`,
        command: 'kubectl describe clusterrole,clusterrolebinding system:coredns',
        risk: 'none',
      },
      ...(lacks === 'binding' ? [] : [grant(resource, lacks)]),
      ...(lacks === 'rule' ? [] : [bind(account, lacks)]),
    ],
  }),
});

function grant(resource: string, lacks: 'rule' | undefined): Fix {
  const group = resource === 'endpointslices' ? 'discovery.k8s.io' : '';
  const rule = { apiGroups: [group], resources: [resource], verbs: ['list', 'watch'] };
  const patch = JSON.stringify([{ op: 'add', path: '/rules/-', value: rule }]);
  return {
    title: lacks === undefined ? `grant it, where only ${resource} is missing` : 'grant it',
    command: `kubectl patch clusterrole system:coredns --type=json -p '${patch}'`,
    risk: 'low',
    undo: 'kubectl edit clusterrole system:coredns',
  };
}

function bind(account: string, lacks: 'binding' | undefined): Fix {
  const name = account.replace(/^system:serviceaccount:/, '');
  return {
    title: lacks === undefined ? 'or bind the role again, where the binding is gone' : 'bind the role again',
    command: `kubectl create clusterrolebinding system:coredns --clusterrole=system:coredns --serviceaccount=${name}`,
    risk: 'low',
    undo: 'kubectl delete clusterrolebinding system:coredns',
  };
}
