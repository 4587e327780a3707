import { message } from '../../../shared/messages/define-messages.ts';
import { changedCopy, keptFirst, patchLine } from '../../../shared/util/kubectl.ts';

/** From where a Service can be reached: nodes, zones, address families, and how callers are tied to pods. */
export const placeMessages = {
  SVC567: message<{ service: string; timeout: string; ready: number; all: number }>({
    slug: 'session-affinity',
    severity: 'info',
    title: 'callers stick to one pod',
    summary: ({ service, timeout, ready, all }) =>
      `Service ${service} keeps each caller's address on one pod for ${timeout} (sessionAffinity ClientIP, ${ready} of ${all} ready)`,
    explain:
      'With sessionAffinity ClientIP all requests from one address go to the same pod. Behind a proxy or a NAT that is one ' +
      'address for many users: one pod gets all the load, and one bad pod fails always for the same callers.',
  }),

  SVC568: message<{
    service: string;
    namespace: string;
    name: string;
    bare: string;
    covered: string;
    caller: string;
  }>({
    slug: 'internal-traffic-local',
    severity: 'warning',
    rung: 60,
    title: 'callers on some nodes have no endpoint of their own',
    summary: ({ service, bare, covered, caller }) =>
      `internalTrafficPolicy Local: ${caller === '' ? 'callers' : caller} on ${bare} cannot reach Service ${service}, whose ready endpoints are on ${covered}`,
    explain:
      'internalTrafficPolicy Local sends a request only to pods on the node of the caller. Where no ready pod runs on that ' +
      'node, the connection is dropped and times out, although pods elsewhere are ready.\n' +
      'Use Cluster, or trafficDistribution PreferClose to stay near without failing, or run the pods as a DaemonSet.',
    fixes: ({ namespace, name }) => [
      {
        title: 'let callers use pods on other nodes',
        command: patchLine('service', namespace, name, { spec: { internalTrafficPolicy: 'Cluster' } }),
        risk: 'low',
        undo: patchLine('service', namespace, name, { spec: { internalTrafficPolicy: 'Local' } }),
      },
    ],
  }),

  SVC569: message<{
    service: string;
    namespace: string;
    name: string;
    bare: string;
    covered: string;
    ports: string;
    balanced: boolean;
  }>({
    slug: 'external-traffic-local',
    severity: 'warning',
    rung: 80,
    title: 'some nodes drop requests from outside',
    summary: ({ service, bare, covered, ports, balanced }) =>
      balanced
        ? `externalTrafficPolicy Local: only ${covered} take traffic for Service ${service}; the load balancer must leave out ${bare}`
        : `externalTrafficPolicy Local: node port ${ports} of Service ${service} gets no answer on ${bare}; ready endpoints are on ${covered}`,
    explain:
      'externalTrafficPolicy Local keeps the address of the caller and sends only to pods on the node where the request ' +
      'arrived. A node without a ready pod drops it. Load balancers learn that from healthCheckNodePort and leave such nodes ' +
      'out; callers that dial a node port themselves do not know.\n' +
      'Use Cluster when the address of the caller does not matter, or run a pod on every node that is dialled.',
    fixes: ({ namespace, name }) => [
      {
        title: 'let every node answer (pods then see node addresses as callers)',
        command: patchLine('service', namespace, name, { spec: { externalTrafficPolicy: 'Cluster' } }),
        risk: 'low',
        undo: patchLine('service', namespace, name, { spec: { externalTrafficPolicy: 'Local' } }),
      },
    ],
  }),

  SVC570: message<{ service: string; wish: string; without: number; ready: number; why: string }>({
    slug: 'topology-hints-off',
    severity: 'info',
    title: 'requests do not stay near, as the Service asks',
    summary: ({ service, wish, without, ready, why }) =>
      `Service ${service} asks for ${wish}, but ${without} of ${ready} ready endpoints carry no hint` +
      (why === '' ? ', so requests go everywhere' : `: ${why}`),
    explain:
      'kube-proxy keeps requests in their zone only when every ready endpoint carries a hint. The controller leaves hints out ' +
      'when endpoints or nodes have no zone, when there are too few endpoints for the zones, or when one zone would get too ' +
      'much. Requests then go to all endpoints; nothing fails.',
  }),

  SVC571: message<{ service: string; wish: string; zones: string }>({
    slug: 'zone-without-endpoint',
    severity: 'info',
    title: 'a zone has no endpoint of its own',
    summary: ({ service, wish, zones }) =>
      `Service ${service} asks for ${wish}; no endpoint in ${zones}, so callers there use other zones`,
    explain:
      'Requests stay in their zone where an endpoint is hinted for it. From a zone without one they go to all endpoints: ' +
      'slower and perhaps charged for, but nothing fails.',
  }),

  SVC575: message<{
    service: string;
    namespace: string;
    name: string;
    family: string;
    other: string;
    only: boolean;
    primary: boolean;
    policy: string;
    address: string;
    keep: string;
  }>({
    slug: 'family-without-endpoints',
    severity: 'critical',
    rung: 60,
    title: 'no pod has an address of the family that the Service uses',
    summary: ({ service, family, other, only, policy, address }) =>
      `Service ${service} ${only ? `is ${family} only` : `(${policy}) has ${family} address ${address} too`}, but its pods have ${other} addresses only: ` +
      `${only ? 'it has' : `over ${family} it has`} no endpoint`,
    explain:
      'Endpoints are kept per IP family. When the pods have no address of a family, the Service has no endpoint in it, and ' +
      'requests to its address of that family are refused.\n' +
      'Give the Service the family of the pods, or make the pod network dual-stack. The first family of a Service cannot be ' +
      'changed in place: it must be created anew. A second one can be taken away.',
    fixes: ({ namespace, name, other, primary, keep }) => [
      primary
        ? {
            title: `create the Service anew with ${other} (its ClusterIP changes)`,
            ...keptFirst(
              'service',
              namespace,
              name,
              `${changedCopy('service', namespace, name, {
                spec: { clusterIP: null, clusterIPs: null, ipFamilyPolicy: 'SingleStack', ipFamilies: [other] },
              })} | kubectl replace --force -f -`,
            ),
            risk: 'high',
          }
        : {
            title: `keep ${other} only`,
            ...keptFirst(
              'service',
              namespace,
              name,
              patchLine('service', namespace, name, {
                spec: {
                  ipFamilyPolicy: 'SingleStack',
                  ipFamilies: [other],
                  ...(keep === '' ? {} : { clusterIPs: [keep] }),
                },
              }),
            ),
            risk: 'low',
          },
    ],
  }),

  SVC578: message<{
    service: string;
    family: string;
    found: string;
    address: string;
    holder: string;
    namespace: string;
    name: string;
  }>({
    slug: 'slice-family-differs',
    severity: 'critical',
    rung: 60,
    title: 'hand-made endpoints are of another family than the Service',
    summary: ({ service, family, found, address, holder }) =>
      `Service ${service} is ${family}, but ${holder} holds ${found} addresses only (${address}): it has no ${family} endpoint`,
    explain:
      'kube-proxy uses endpoints of the family of the address that was asked for; it does not translate between IPv4 and ' +
      'IPv6. The Service has an address of one family and hand-made endpoints of the other.\n' +
      'Write endpoints of the family of the Service, or create the Service anew with the family of the endpoints.',
    fixes: ({ namespace, name }) => [
      {
        title: 'see both',
        command: `kubectl get service ${name} -n ${namespace} -o yaml; kubectl get endpointslices -n ${namespace} -l kubernetes.io/service-name=${name}`,
        risk: 'none',
      },
    ],
  }),

  SVC580: message<{ service: string; namespace: string; name: string; proxy: string }>({
    slug: 'service-proxy-name',
    severity: 'critical',
    confidence: 'likely',
    rung: 60,
    title: 'kube-proxy is told to leave the Service alone',
    summary: ({ service, proxy }) =>
      `Service ${service} carries service.kubernetes.io/service-proxy-name=${proxy}, so kube-proxy ignores it`,
    explain:
      'With this label a Service is left to a proxy of the given name, and kube-proxy writes no rules for it. Where no such ' +
      'proxy runs, its ClusterIP and node ports answer nowhere.\nTake the label away, unless that proxy does run.',
    fixes: ({ namespace, name, proxy }) => [
      {
        title: 'give the Service back to kube-proxy',
        command: `kubectl label service ${name} -n ${namespace} service.kubernetes.io/service-proxy-name-`,
        risk: 'low',
        undo: `kubectl label service ${name} -n ${namespace} service.kubernetes.io/service-proxy-name=${proxy}`,
      },
    ],
  }),
};
