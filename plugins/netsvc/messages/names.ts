import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

/** SVC851 to SVC899: the names by which callers reach the Service. */
export const namesMessages = defineMessages({
  SVC851: message<{
    service: string;
    caller: string;
    names: string;
    ip: string;
    address: string;
    /** The workload to change, `deployment front`; empty for a pod of its own. */
    edit: string;
    pod: string;
    namespace: string;
  }>({
    slug: 'caller-host-alias',
    severity: 'warning',
    rung: 85,
    title: 'hostAliases of a caller lead past the Service',
    summary: ({ service, caller, names, ip, address }) =>
      `${caller} takes ${names} for ${ip} by its hostAliases, not for Service ${service}` +
      (address === '' || address === 'None' ? '' : ` (${address})`),
    explain:
      'hostAliases become lines in /etc/hosts of the pod, which is read before DNS is asked. The name of the Service stands ' +
      'there with another address, so that this caller never reaches the Service.\nTake the line out of the pod template.',
    fixes: ({ edit, pod, namespace }) => [
      edit === ''
        ? {
            title: 'make the pod anew without the entry in hostAliases',
            command: `kubectl get pod ${pod} -n ${namespace} -o yaml`,
            risk: 'none',
          }
        : { title: 'take the entry out of hostAliases', command: `kubectl edit ${edit} -n ${namespace}`, risk: 'low' },
    ],
  }),

  SVC852: message<{ service: string; caller: string; why: string; fixes: readonly Fix[] }>({
    slug: 'caller-dns-policy',
    severity: 'warning',
    rung: 85,
    title: "a caller does not ask the cluster's DNS",
    summary: ({ service, caller, why }) => `${caller} cannot resolve the name of Service ${service}: ${why}`,
    explain:
      "Names of Services are known to the cluster's DNS only. A pod asks it with dnsPolicy ClusterFirst, or " +
      "ClusterFirstWithHostNet when it uses the node's network. With Default, with ClusterFirst on hostNetwork, or with None " +
      "and other nameservers, it asks elsewhere and gets no such name.\nSet the policy in the caller's pod template.",
    fixes: ({ fixes }) => fixes,
  }),

  SVC853: message<{ name: string; why: string }>({
    slug: 'service-name-invalid',
    severity: 'warning',
    rung: 50,
    title: 'the name of the Service cannot be a DNS name',
    summary: ({ name, why }) => `Service name "${name}" ${why}: the API server refuses it`,
    explain:
      'The name of a Service becomes one label of its DNS name: at most 63 of the letters a to z, digits and hyphens, with no ' +
      'hyphen at either end. Anything else cannot be created.',
  }),

  SVC854: message<{ service: string; short: string; namespace: string; better: string }>({
    slug: 'name-for-caller',
    severity: 'info',
    title: 'the name to use from another namespace',
    summary: ({ short, namespace, better }) =>
      `from namespace ${namespace} the name is ${better}; ${short} alone is looked up in ${namespace}`,
    explain:
      'A name without dots is looked up in the namespace of the caller. From another namespace the name of the Service must ' +
      'be followed by its namespace: SERVICE.NAMESPACE, or SERVICE.NAMESPACE.svc.cluster.local.',
  }),

  SVC855: message<{
    service: string;
    caller: string;
    where: string;
    host: string;
    port: number;
    implied: boolean;
    ports: string;
    headless: boolean;
    fixes: readonly Fix[];
  }>({
    slug: 'caller-wrong-port',
    severity: 'warning',
    confidence: 'likely',
    rung: 85,
    title: 'a caller uses a port that the Service does not have',
    summary: ({ service, caller, where, host, port, implied, ports, headless }) =>
      `${caller} calls ${host} on port ${port}${implied ? ' (none is written)' : ''} (${where}), but ` +
      (headless
        ? `the pods of headless Service ${service} listen on ${ports}`
        : `Service ${service} has port ${ports}`),
    explain:
      'The environment or the arguments of a workload name this Service with a port that it does not offer. Connections to ' +
      'other ports of a ClusterIP are refused or time out. Callers use the port of the Service, not the port of its pods; ' +
      'with a headless Service it is the other way round.\n' +
      'Correct the caller, or add the port to the Service. Whether the caller really uses the value cannot be seen from here.',
    fixes: ({ fixes }) => fixes,
  }),

  SVC856: message<{
    service: string;
    caller: string;
    where: string;
    host: string;
    namespace: string;
    better: string;
    fixes: readonly Fix[];
  }>({
    slug: 'caller-wrong-namespace',
    severity: 'warning',
    confidence: 'likely',
    rung: 85,
    title: 'a caller looks for the Service in the wrong namespace',
    summary: ({ service, caller, where, host, namespace, better }) =>
      `${caller} calls ${host} (${where}), which is looked up in namespace ${namespace}: there is no such Service there; ` +
      `Service ${service} is called ${better} from it`,
    explain:
      'The environment or the arguments of a workload name a Service in a namespace where there is none. A bare name is looked ' +
      'up in the namespace of the caller, a name with a dot in the namespace that follows.\nCorrect the name in the caller.',
    fixes: ({ fixes }) => fixes,
  }),

  SVC857: message<{
    caller: string;
    where: string;
    host: string;
    service: string;
    instead: string;
    fixes: readonly Fix[];
  }>({
    slug: 'named-service-missing',
    severity: 'warning',
    confidence: 'likely',
    rung: 85,
    title: 'the pods call a Service that does not exist',
    summary: ({ caller, where, host, service, instead }) =>
      `${caller} calls ${host} (${where}), but there is no Service ${service}; ${instead}`,
    explain:
      'The environment or the arguments of the pods behind the Service name another Service, which does not exist: its name ' +
      'does not resolve, and what needs it fails, though the pods may be Ready.\nCreate that Service, or correct the name.',
    fixes: ({ fixes }) => fixes,
  }),
});
