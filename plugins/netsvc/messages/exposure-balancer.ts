import { message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';
import { patchLine } from '../../../shared/util/kubectl.ts';

/** Load balancers, node ports and addresses outside. */
export const balancerMessages = {
  SVC551: message<{
    service: string;
    namespace: string;
    name: string;
    pending: boolean;
    reason: string;
    message: string;
    meaning: string;
  }>({
    slug: 'load-balancer-refused',
    severity: 'warning',
    rung: 80,
    title: 'the load balancer could not be made',
    summary: ({ service, pending, reason, message, meaning }) =>
      `LoadBalancer Service ${service} ${pending ? 'has no external address' : 'could not be brought up to date'}: ` +
      `${meaning === '' ? '' : `${meaning} (`}${reason}: ${message}${meaning === '' ? '' : ')'}`,
    explain:
      'The controller that makes load balancers for this cluster tried and failed; its event says why. Inside the cluster ' +
      'the ClusterIP is not affected, from outside the Service cannot be reached.\n' +
      'Mend what the event names: the quota or rights of the cloud account, the subnets, the address pool of MetalLB, or an ' +
      'address that is taken. The controller tries again by itself.',
    fixes: ({ namespace, name }) => [
      { title: 'read the whole event', command: `kubectl describe service ${name} -n ${namespace}`, risk: 'none' },
    ],
  }),

  SVC552: message<{
    service: string;
    age: string;
    reason: string;
    fixes: readonly Fix[];
  }>({
    slug: 'load-balancer-unanswered',
    severity: 'warning',
    rung: 80,
    title: 'nobody answers for type LoadBalancer',
    summary: ({ service, age, reason }) =>
      `LoadBalancer Service ${service} has ${age === '0s' ? 'no external address' : `had no external address for ${age}`} (pending): ${reason}`,
    explain:
      'Kubernetes makes no load balancers itself. A controller of the cloud, or MetalLB, kube-vip, ServiceLB and the like, ' +
      'must take the Service and write an address into its status. A Service with spec.loadBalancerClass is left to the ' +
      'controller that claims exactly this class. Until then EXTERNAL-IP stays <pending>; the ClusterIP and the node ports ' +
      'work all the same.\nInstall such a controller, set a class that one of them claims, or use type NodePort or an Ingress.',
    fixes: ({ fixes }) => fixes,
  }),

  SVC553: message<{ service: string; ranges: string; broken: string; fixes: readonly Fix[] }>({
    slug: 'load-balancer-source-ranges',
    severity: 'info',
    rung: 80,
    title: 'the load balancer lets only some sources in',
    summary: ({ service, ranges, broken }) =>
      broken === ''
        ? `Service ${service} lets in ${ranges} from outside and nobody else (loadBalancerSourceRanges)`
        : `loadBalancerSourceRanges of Service ${service} holds ${broken}, which is no address range`,
    explain:
      'loadBalancerSourceRanges limits who may use the load balancer. Callers from elsewhere get no answer, which looks like ' +
      'a timeout. kube-proxy and the cloud compare the address they see: behind another proxy that is the proxy.\n' +
      'A range is written as address and prefix, such as 192.0.2.0/24 or 192.0.2.7/32.',
    fixes: ({ fixes }) => fixes,
  }),

  SVC554: message<{ service: string; wanted: string; given: string }>({
    slug: 'load-balancer-address-differs',
    severity: 'info',
    title: 'the load balancer has another address than asked for',
    summary: ({ service, wanted, given }) =>
      `Service ${service} asks for loadBalancerIP ${wanted} and was given ${given}`,
    explain:
      'spec.loadBalancerIP is deprecated and each controller decides whether to honour it; many read an annotation of their ' +
      'own instead. Names and firewall rules that count on the address asked for lead elsewhere.',
  }),

  SVC555: message<{ service: string }>({
    slug: 'load-balancer-without-node-ports',
    severity: 'info',
    title: 'a load balancer without node ports',
    summary: ({ service }) =>
      `Service ${service} allocates no node ports: its load balancer must reach the pods directly`,
    explain:
      'allocateLoadBalancerNodePorts is false. Load balancers that send to nodes need node ports and cannot work with this ' +
      'Service; those that send to pod addresses, such as MetalLB or those with IP targets, do not.',
  }),

  SVC572: message<{ service: string; port: number; message: string }>({
    slug: 'health-check-port-failed',
    severity: 'warning',
    rung: 80,
    title: 'kube-proxy could not open the health check port',
    summary: ({ service, port, message }) => `healthCheckNodePort ${port} of Service ${service} is dead: ${message}`,
    explain:
      'With externalTrafficPolicy Local the load balancer asks healthCheckNodePort on every node whether it has an endpoint. ' +
      'kube-proxy could not open that port, most often because another program on the node holds it, so that good nodes ' +
      'count as bad.\nFree the port on the node, or delete and create the Service anew to get another one.',
    fixes: ({ port }) => [
      { title: 'on that node: see who holds the port', command: `sudo ss -ltnp 'sport = :${port}'`, risk: 'none' },
      {
        title: 'see which Services use the number',
        command: `kubectl get services -A -o yaml | grep -nE '(nodePort|healthCheckNodePort): ${port}$'`,
        risk: 'none',
      },
    ],
  }),

  SVC573: message<{ service: string; addresses: string }>({
    slug: 'external-ip-unknown',
    severity: 'info',
    title: 'an external address that no node lists',
    summary: ({ service, addresses }) =>
      `Service ${service} answers for externalIPs ${addresses}, which no node lists as its own`,
    explain:
      'kube-proxy takes packets for these addresses when they arrive at a node, and does nothing to make them arrive. A ' +
      'router, a virtual address or a load balancer must lead them there; Kubernetes cannot see whether it does.',
  }),

  SVC574: message<{ service: string; namespace: string; name: string; port: number; at: number; other: string }>({
    slug: 'node-port-taken',
    severity: 'critical',
    rung: 60,
    title: 'another Service has the same node port',
    summary: ({ service, port, other }) =>
      `node port ${port} of Service ${service} belongs to Service ${other} as well`,
    explain:
      'A node port leads to one Service. The API server refuses a second Service with the same number, so that one of the ' +
      'two manifests cannot be applied.\n' +
      'Give one of them another number, or leave the number out and let Kubernetes choose.',
    fixes: ({ namespace, name, at, port }) => [
      {
        title: 'let Kubernetes choose another number',
        command: patchLine('service', namespace, name, [{ op: 'remove', path: `/spec/ports/${at}/nodePort` }], 'json'),
        risk: 'high',
        undo: patchLine(
          'service',
          namespace,
          name,
          [{ op: 'replace', path: `/spec/ports/${at}/nodePort`, value: port }],
          'json',
        ),
      },
    ],
  }),

  SVC576: message<{ service: string; namespace: string; name: string; port: number }>({
    slug: 'node-port-unallocated',
    severity: 'warning',
    rung: 80,
    title: 'a NodePort Service without a node port',
    summary: ({ service, port }) => `NodePort Service ${service} has no node port for port ${port}`,
    explain:
      'The API server gives every port of a NodePort Service a number when it is written. Here it has none: the range of ' +
      'node ports was used up, or the number was taken away. From outside the port cannot be reached.\n' +
      'Write the Service again to have a number allocated.',
    fixes: ({ namespace, name }) => [
      {
        title: 'have a number allocated',
        command:
          `kubectl patch service ${name} -n ${namespace} -p '{"spec":{"type":"ClusterIP"}}' && ` +
          `kubectl patch service ${name} -n ${namespace} -p '{"spec":{"type":"NodePort"}}'`,
        risk: 'low',
      },
    ],
  }),
};
