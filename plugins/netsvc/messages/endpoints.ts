import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import { patchLine } from '../../../shared/util/kubectl.ts';

/** SVC501 to SVC549: EndpointSlices and Endpoints. */
export const endpointsMessages = defineMessages({
  SVC501: message<{ service: string; what: string; fixes: readonly Fix[] }>({
    slug: 'selectorless-without-endpoints',
    severity: 'critical',
    rung: 60,
    title: 'no selector and nobody wrote endpoints',
    summary: ({ service, what }) => `Service ${service} has no selector and ${what} for it, so there is no endpoint`,
    explain:
      'Kubernetes finds the endpoints of a Service by its selector. Without one, a person or a controller must write an ' +
      'EndpointSlice with the label kubernetes.io/service-name (or an Endpoints object of the same name). Nobody did, so ' +
      'connections to the ClusterIP are refused.\n' +
      'Either the selector was lost, then set it again; or the backend lies outside the cluster, then write its addresses; ' +
      'or a controller should have filled it in, then look why it does not.',
    fixes: ({ fixes }) => fixes,
  }),

  SVC502: message<{ service: string; namespace: string; endpoints: string }>({
    slug: 'endpoints-misnamed',
    severity: 'critical',
    rung: 55,
    covers: ['SVC501'],
    title: 'the Endpoints object is named otherwise',
    summary: ({ service, namespace, endpoints }) =>
      `Endpoints ${namespace}/${endpoints} belongs to no Service: Service ${service} needs an Endpoints object named exactly ${service}`,
    explain:
      'An Endpoints object belongs to the Service that has the same name in the same namespace. Spelt otherwise it is never ' +
      'copied into an EndpointSlice, and the Service has no endpoint.\n' +
      'Create it again under the right name, and delete the old one.',
    fixes: ({ service, namespace, endpoints }) => {
      const rename = (from: string, to: string): string =>
        `kubectl get endpoints ${from} -n ${namespace} -o yaml | ` +
        `sed -e 's/^  name: ${from}$/  name: ${to}/' -e '/^  uid:/d' -e '/^  resourceVersion:/d' ` +
        `-e '/^  creationTimestamp:/d' | kubectl create -f - && kubectl delete endpoints ${from} -n ${namespace}`;
      const title = `rename the Endpoints object to ${service}`;
      return [{ title, command: rename(endpoints, service), risk: 'low', undo: rename(service, endpoints) }];
    },
  }),

  SVC503: message<{ service: string; slice: string; wanted: string; found: string; command: string; undo: string }>({
    slug: 'slice-without-label',
    severity: 'critical',
    rung: 55,
    covers: ['SVC501'],
    title: 'a hand-made EndpointSlice is not tied to the Service',
    summary: ({ service, slice, wanted, found }) =>
      `EndpointSlice ${slice} ${found}, so it does not belong to Service ${service}; it needs ${wanted}`,
    explain:
      'An EndpointSlice belongs to a Service by its label kubernetes.io/service-name and by nothing else: neither its name ' +
      'nor an owner reference counts. kube-proxy and CoreDNS do not use a slice whose label is missing or names another ' +
      'Service.\nAdd the label; the Service answers within a second or two.',
    fixes: ({ wanted, command, undo }) => [{ title: `label the slice ${wanted}`, command, risk: 'low', undo }],
  }),

  SVC504: message<{ service: string; port: string; holder: string; difference: string; fixes: readonly Fix[] }>({
    slug: 'slice-port-name',
    severity: 'critical',
    rung: 60,
    title: 'hand-made endpoints name their port otherwise',
    summary: ({ service, port, holder, difference }) =>
      `${port} of Service ${service} has no endpoint: ${holder} ${difference}`,
    explain:
      'kube-proxy joins the port of a Service with the port of an EndpointSlice by name and protocol, not by number. The ' +
      'names must be equal; an unnamed Service port needs an unnamed slice port, and the slice must give a number.',
    fixes: ({ fixes }) => fixes,
  }),

  SVC505: message<{
    service: string;
    holder: string;
    address: string;
    why: string;
    others: number;
    fixes: readonly Fix[];
  }>({
    slug: 'manual-address-stale',
    severity: 'critical',
    rung: 60,
    title: 'a hand-made endpoint leads nowhere',
    summary: ({ service, holder, address, why, others }) =>
      `Service ${service} sends to ${address} from ${holder}${why.startsWith('which') ? ', ' : '; '}${why}` +
      (others > 0 ? ` (and ${others} more)` : ''),
    explain:
      'The Service has no selector, so its addresses were written by hand and nobody keeps them up to date. Pods get a new ' +
      'address whenever they are replaced; the old one leads nowhere or, later, to another pod.\n' +
      'Give the Service a selector, so that Kubernetes follows the pods.',
    fixes: ({ fixes }) => fixes,
  }),

  SVC506: message<{ service: string; first: string; others: number; namespace: string; name: string }>({
    slug: 'slices-stale',
    severity: 'critical',
    rung: 60,
    title: 'the EndpointSlices disagree with the pods',
    summary: ({ service, first, others }) =>
      `EndpointSlices of Service ${service} are out of date: ${first}` + (others > 0 ? ` (and ${others} more)` : ''),
    explain:
      'The EndpointSlice controller, part of kube-controller-manager, writes which pods stand behind a Service. For more ' +
      'than half a minute it has not written what the pods say: it is stopped, has no leader, or its writes are refused. ' +
      'Requests go to pods that are gone and not to those that are ready.\n' +
      'Look whether kube-controller-manager runs and what it logs.',
    fixes: ({ namespace, name }) => [
      {
        title: 'look at the controller that writes them',
        command:
          'kubectl get pods -n kube-system -l component=kube-controller-manager -o wide; kubectl get lease ' +
          'kube-controller-manager -n kube-system -o yaml',
        risk: 'none',
      },
      {
        title: 'let it write the slices anew (once it runs)',
        command: `kubectl delete endpointslices -n ${namespace} -l kubernetes.io/service-name=${name}`,
        risk: 'high',
      },
    ],
  }),

  SVC507: message<{ service: string; name: string; namespace: string; missing: string; skipped: boolean }>({
    slug: 'endpoints-not-mirrored',
    severity: 'critical',
    rung: 55,
    covers: ['SVC501'],
    title: 'Endpoints are not copied into EndpointSlices',
    summary: ({ service, name, namespace, missing, skipped }) =>
      `Endpoints ${namespace}/${name} holds ${missing} but no EndpointSlice of Service ${service} does` +
      (skipped ? ': label endpointslice.kubernetes.io/skip-mirror=true stops the copy' : ''),
    explain:
      'kube-proxy, CoreDNS and Ingress controllers read EndpointSlices only. An Endpoints object counts after the mirroring ' +
      'controller (part of kube-controller-manager) has copied it, which it does unless the label ' +
      'endpointslice.kubernetes.io/skip-mirror forbids it.\nRemove the label, or write an EndpointSlice instead of Endpoints.',
    fixes: ({ name, namespace, skipped }) =>
      skipped
        ? [
            {
              title: 'let the controller copy the Endpoints',
              command: `kubectl label endpoints ${name} -n ${namespace} endpointslice.kubernetes.io/skip-mirror-`,
              risk: 'low',
              undo: `kubectl label endpoints ${name} -n ${namespace} endpointslice.kubernetes.io/skip-mirror=true`,
            },
          ]
        : [
            {
              title: 'look whether the controller that copies them runs',
              command: 'kubectl get pods -n kube-system -l component=kube-controller-manager -o wide',
              risk: 'none',
            },
          ],
  }),

  SVC508: message<{
    service: string;
    address: string;
    why: string;
    kind: string;
    holder: string;
    namespace: string;
  }>({
    slug: 'manual-address-unusable',
    severity: 'critical',
    rung: 60,
    title: 'a hand-made endpoint cannot be reached by any node',
    summary: ({ service, address, why, kind, holder }) =>
      `Service ${service} sends to ${address} (${kind} ${holder}), which is ${why} and cannot be an endpoint`,
    explain:
      'kube-proxy rewrites the destination of a packet once, from the ClusterIP to an endpoint. An endpoint that is itself ' +
      'the ClusterIP of a Service is not rewritten again and leads nowhere. Loopback and link-local addresses mean another ' +
      'machine on every node.\nWrite the addresses of the real servers. To give another Service a second name, use type ' +
      'ExternalName or the same selector.',
    fixes: ({ kind, holder, namespace }) => [
      {
        title: 'replace the address by that of the real server',
        command: `kubectl edit ${kind} ${holder} -n ${namespace}`,
        risk: 'low',
      },
    ],
  }),

  SVC509: message<{ service: string; count: number; holder: string; how: string; object: string }>({
    slug: 'manual-all-not-ready',
    severity: 'critical',
    rung: 60,
    title: 'all hand-made endpoints are marked not ready',
    summary: ({ service, count, holder, how }) =>
      `Service ${service} has no ready endpoint: ${holder} lists ${count === 1 ? 'its only address' : `all ${count} addresses`} ${how}`,
    explain:
      'Without a selector nobody probes these addresses. Whoever wrote them also wrote that they are not ready, and no ' +
      'request is sent there until the writer changes it.\nIf the servers answer, move the addresses to the ready ones.',
    fixes: ({ object }) => [{ title: 'mark the addresses ready', command: `kubectl edit ${object}`, risk: 'low' }],
  }),

  SVC510: message<{
    service: string;
    address: string;
    pod: string;
    state: string;
    namespace: string;
    name: string;
  }>({
    slug: 'manual-pod-not-ready',
    severity: 'critical',
    rung: 60,
    title: 'a hand-made endpoint is a pod that is not ready',
    summary: ({ service, address, pod, state }) => `Service ${service} sends to ${address}, pod ${pod}, which ${state}`,
    explain:
      'Endpoints written by hand are always in rotation: Kubernetes takes a pod out only when the Service selects it. ' +
      'Requests keep going to a pod that is not ready.\nMend the pod, and give the Service a selector.',
    fixes: ({ namespace, name }) => [
      { title: 'see why the pod is not ready', command: `kubectl describe pod ${name} -n ${namespace}`, risk: 'none' },
    ],
  }),

  SVC511: message<{
    service: string;
    name: string;
    namespace: string;
    slice: string;
    host: string;
    /** What the Service is now, for the way back. */
    before: Pick<NonNullable<Service['spec']>, 'type' | 'clusterIP' | 'clusterIPs'>;
  }>({
    slug: 'slice-type-fqdn',
    severity: 'critical',
    rung: 60,
    title: 'endpoints are names, which nothing resolves',
    summary: ({ service, slice, host }) =>
      `Service ${service} has only EndpointSlice ${slice} of addressType FQDN (${host}), which kube-proxy ignores`,
    explain:
      'EndpointSlices of address type FQDN are accepted by the API (deprecated) but no part of Kubernetes sends requests to ' +
      'them. A Service that shall lead to a name outside needs type ExternalName, or the addresses themselves.',
    fixes: ({ name, namespace, host, before }) => [
      {
        title: 'make the Service an alias of that name (it loses its ClusterIP)',
        command: patchLine('service', namespace, name, {
          spec: { type: 'ExternalName', externalName: host, clusterIP: null, clusterIPs: null },
        }),
        risk: 'high',
        undo: patchLine('service', namespace, name, { spec: { ...before, externalName: null } }),
      },
    ],
  }),

  SVC512: message<{
    service: string;
    namespace: string;
    leaving: number;
    serving: number;
    notReady: number;
    selector: string;
  }>({
    slug: 'terminating-only',
    severity: 'warning',
    rung: 55,
    title: 'only pods that are shutting down are left',
    summary: ({ service, leaving, serving, notReady }) =>
      `Service ${service} has no ready endpoint: ${leaving === 1 ? 'its pod is' : `${leaving} pods are`} terminating` +
      (serving === 0 ? '' : ` (${serving} still serving until killed)`) +
      (notReady === 0 ? '' : `, ${notReady} not ready`),
    explain:
      'All pods behind the Service are being deleted. While none is ready, kube-proxy sends requests to those that still ' +
      'serve; when their grace period ends there is nobody left.\nLook what replaces them: a rollout that waits for the new ' +
      'pods, a node that is drained, or a workload that was deleted.',
    fixes: ({ namespace, selector }) => [
      {
        title: 'see what becomes of the pods',
        command: `kubectl get pods -n ${namespace} -l ${selector} -o wide`,
        risk: 'none',
      },
    ],
  }),

  SVC513: message<{ service: string; count: number }>({
    slug: 'many-endpoints',
    severity: 'info',
    title: 'more endpoints than the old Endpoints object holds',
    summary: ({ service, count }) =>
      `Service ${service} has ${count} endpoints; the legacy Endpoints object is cut at 1000`,
    explain:
      'kube-proxy and CoreDNS read EndpointSlices and see all endpoints. Software that still reads the v1 Endpoints object ' +
      '(old Ingress controllers, old monitoring) sees the first 1000 and marks them with the annotation ' +
      'endpoints.kubernetes.io/over-capacity.',
  }),

  SVC514: message<{ service: string; address: string; slices: string; others: number; disagree: boolean }>({
    slug: 'duplicate-endpoints',
    severity: 'info',
    title: 'an address stands in several EndpointSlices',
    summary: ({ service, address, slices, others, disagree }) =>
      `Service ${service} lists ${address} in ${slices}` +
      (others > 0 ? `, and ${others} more ${others === 1 ? 'address' : 'addresses'} twice` : '') +
      (disagree ? '; they disagree on whether it is ready' : ''),
    explain:
      'kube-proxy counts an address once, however many slices name it, and the controller itself leaves an address in two ' +
      'slices for a moment while it moves endpoints. When it stays so, two writers keep slices for one Service.',
  }),

  SVC515: message<{
    service: string;
    slice: string;
    addresses: string;
    writer: string;
    /** Addresses that no pod has; empty when that is not known. */
    dead: string;
    namespace: string;
  }>({
    slug: 'foreign-slice',
    severity: 'info',
    rung: 56,
    title: 'somebody adds endpoints to a Service with a selector',
    summary: ({ service, slice, addresses, writer, dead }) =>
      `EndpointSlice ${slice} (managed by ${writer}) adds ${addresses} to the pods of Service ${service}` +
      (dead === '' ? '' : `; no pod has address ${dead}, so its share of the requests fails`),
    explain:
      'The Service has a selector, and beside the slices of Kubernetes there is one that somebody else wrote. Its addresses ' +
      'get their share of the requests, whether anything answers there or not. Connected clusters do so on purpose; a slice ' +
      'that was left behind by hand sends a part of the requests astray.',
    fixes: ({ dead, slice, namespace }) =>
      dead === ''
        ? []
        : [
            {
              title: 'keep a copy, then take the slice away',
              command:
                `kubectl get endpointslice ${slice} -n ${namespace} -o yaml > ${slice}.yaml && ` +
                `kubectl delete endpointslice ${slice} -n ${namespace}`,
              risk: 'low',
              undo: `kubectl create -f ${slice}.yaml`,
            },
          ],
  }),

  SVC516: message<{ service: string; notReady: string; namespace: string; selector: string; undo: Fix | undefined }>({
    slug: 'no-ready-endpoint',
    severity: 'critical',
    confidence: 'likely',
    rung: 90,
    title: 'no endpoint is ready, and why was not seen',
    summary: ({ service, notReady }) =>
      `Service ${service} has no ready endpoint` +
      (notReady === '' ? '' : `: ${notReady} ${/^all | and /.test(notReady) ? 'are' : 'is'} not ready`),
    explain:
      'Requests to the Service are refused until an endpoint is ready. The pods behind it were not seen, so that the cause is ' +
      'not known: no pod may match the selector, pods may not start or not be ready, or somebody scaled them to zero.\n' +
      'Look at the pods, or add them to the files.',
    fixes: ({ namespace, selector, undo }) => [
      { title: 'see the pods', command: `kubectl get pods -n ${namespace} -l ${selector} -o wide`, risk: 'none' },
      ...(undo === undefined ? [] : [undo]),
    ],
  }),

  SVC517: message<{ service: string; address: string; pod: string; port: number; instead: string }>({
    slug: 'manual-port-not-served',
    severity: 'critical',
    confidence: 'likely',
    rung: 60,
    title: 'a hand-made endpoint names a port that its pod does not serve',
    summary: ({ service, address, pod, port, instead }) =>
      `Service ${service} sends to port ${port} of ${address}, pod ${pod}, which ${instead}`,
    explain:
      'Without a selector, the port behind the Service is the one written in the EndpointSlice (or Endpoints), whatever ' +
      'targetPort says. The pod at that address listens on another one and refuses the connection.\n' +
      'Write the port on which the pod listens.',
  }),
});
