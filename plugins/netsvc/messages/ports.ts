import { defineMessages, message } from '../../../shared/messages/define-messages.ts';

/** SVC401 to SVC449: Service ports, target ports and what containers declare. */
export const portsMessages = defineMessages({
  SVC401: message<{ sends: string; owners: string; container: string; instead: string }>({
    slug: 'target-port-not-served',
    severity: 'critical',
    confidence: 'likely',
    rung: 60,
    title: 'the targetPort is one on which no container listens',
    summary: ({ sends, owners, container, instead }) =>
      `${sends}, where nothing listens: container ${container} of ${owners} ${instead}`,
    explain:
      'A Service sends each of its ports to a targetPort of the pods. Pods can be Ready, and be listed as endpoints, while ' +
      'nobody listens on that port: the readiness probe asks its own port, and declaring ports is optional. Callers get ' +
      '"connection refused" at once.\n' +
      'Without a targetPort the Service uses its own port number.\n' +
      'It is read from ports, probes, command lines, environment and logs. To be sure, forward the port of the pod and ' +
      'call it.\n' +
      'Mend the targetPort of the Service; a named targetPort follows the container when its number changes.',
  }),
  SVC402: message<{
    service: string;
    port: string;
    number: number;
    owners: string;
    container: string;
    instead: string;
  }>({
    slug: 'app-listens-elsewhere',
    severity: 'critical',
    confidence: 'likely',
    rung: 42,
    title: 'the app listens on another port than the container declares',
    summary: ({ service, port, number, owners, container, instead }) =>
      `container ${container} of ${owners} ${instead}, not on the ${number} that it declares, to which Service ${service} sends ${port}`,
    explain:
      'A containerPort in the pod spec is a note, it opens nothing. The command line, the environment or the log of the ' +
      'container shows that the app listens on another port, so requests to the declared one are refused.\n' +
      'Mend either side: the port that the app is told to use, or the containerPort together with the targetPort.',
  }),
  SVC403: message<{ service: string; port: string; number: number; owners: string; container: string; words: string }>({
    slug: 'listens-on-loopback',
    severity: 'critical',
    confidence: 'likely',
    rung: 42,
    title: 'the app listens on 127.0.0.1 only',
    summary: ({ service, port, number, owners, container, words }) =>
      `container ${container} of ${owners} listens on 127.0.0.1 only (${words}), so nobody outside the pod reaches ${number}, to which Service ${service} sends ${port}`,
    explain:
      'Requests through a Service arrive at the address of the pod. A socket bound to 127.0.0.1, ::1 or localhost takes ' +
      'only what comes from inside the same pod, so others get "connection refused". An exec probe, or kubectl ' +
      'port-forward, comes from inside and works all the same, which hides it.\n' +
      'Several frameworks bind to 127.0.0.1 unless told otherwise (flask, uvicorn, gunicorn, Django, Vite).\n' +
      'Bind to 0.0.0.0 (or ::).',
  }),
  SVC404: message<{ sends: string; owners: string; container: string; words: string }>({
    slug: 'container-serves-nothing',
    severity: 'critical',
    confidence: 'likely',
    rung: 42,
    title: 'the container runs a command that serves nothing',
    summary: ({ sends, owners, container, words }) =>
      `container ${container} of ${owners} runs "${words}", which listens nowhere; ${sends}`,
    explain:
      'The command of the container is one that opens no port (sleep, tail, a shell). The pod is Ready as long as it runs ' +
      'and no probe asks it, and the Service counts it as an endpoint. Such commands stay behind after debugging.\n' +
      'Take the command out again, so that the image starts its own program.',
  }),
  SVC405: message<{
    service: string;
    port: string;
    name: string;
    owners: string;
    declared: string;
    nearest: string;
    former: string;
  }>({
    slug: 'named-port-missing',
    severity: 'critical',
    rung: 58,
    title: 'no pod declares a port of the targetPort name',
    summary: ({ service, port, name, owners, declared, nearest, former }) =>
      `Service ${service} sends ${port} to the port named "${name}", which no container of ${owners} declares` +
      (declared === '' ? '' : ` (${declared})`) +
      (former !== '' || nearest === '' ? former : `; the nearest name is "${nearest}"`),
    explain:
      'A targetPort that is a name is looked up among the ports that the containers declare, for the same protocol. A pod ' +
      'without that name is left out for this port, so the Service has no endpoint for it and connections are refused.\n' +
      'Use the name that the containers declare, or declare the name in the workload.',
  }),
  SVC406: message<{ service: string; port: string; name: string; owners: string; declared: string; others: string }>({
    slug: 'named-port-missing-in-some-pods',
    severity: 'warning',
    rung: 58,
    title: 'some of the pods lack the named port',
    summary: ({ service, port, name, owners, declared, others }) =>
      `${owners} declare no port named "${name}"${declared === '' ? '' : ` (${declared})`}, so Service ${service} sends ${port} only to ${others}`,
    explain:
      'Pods that do not declare the name of the targetPort get no requests on this port: the others carry the load alone. ' +
      'When the pods without the name are the newer revision, the Service loses its last endpoint as the rollout ends.\n' +
      'Declare the name in the workload that lacks it, or choose a name that all of them declare.',
  }),
  SVC407: message<{ service: string; port: string; name: string; wanted: string; found: string; owners: string }>({
    slug: 'named-port-other-protocol',
    severity: 'critical',
    rung: 58,
    title: 'the named port is declared for another protocol',
    summary: ({ service, port, name, wanted, found, owners }) =>
      `Service ${service} sends ${port} as ${wanted} to the port named "${name}", which ${owners} declare for ${found} only`,
    explain:
      'A named targetPort is found only when name and protocol agree. A Service port without a protocol is TCP, and so is ' +
      'a container port. With different protocols the Service has no endpoint for the port.\n' +
      'Set the protocol that the app speaks on both sides; DNS and the like need one port entry for each protocol.',
  }),
  SVC408: message<{
    service: string;
    port: string;
    number: number;
    wanted: string;
    found: string;
    owners: string;
    container: string;
  }>({
    slug: 'target-port-other-protocol',
    severity: 'critical',
    confidence: 'likely',
    rung: 60,
    title: 'the container declares the port for another protocol',
    summary: ({ service, port, number, wanted, found, owners, container }) =>
      `Service ${service} sends ${port} as ${wanted} to ${number}, which container ${container} of ${owners} declares for ${found} only`,
    explain:
      'The number agrees, the protocol does not: packets of one protocol never reach a socket of the other. Declaring ' +
      'ports is optional, so this is a strong hint and no proof.\n' +
      'Set the protocol that the app speaks in the Service; an app that speaks both needs two port entries.',
  }),
  SVC409: message<{ service: string; port: string; name: string; winner: string; loser: string }>({
    slug: 'port-name-clash',
    severity: 'warning',
    confidence: 'likely',
    rung: 61,
    title: 'two containers of a pod declare the same port name',
    summary: ({ service, port, name, winner, loser }) =>
      `two containers declare the port name "${name}": Service ${service} sends ${port} to ${winner}, the first in the list, and never to ${loser}`,
    explain:
      'Names of ports must be unique in a container, not in a pod. When two containers use one name, a Service that ' +
      'selects the port by name takes the first container in the list, and the API server only warns.\n' +
      'Give the ports different names, or use the number in the Service.',
  }),
  SVC410: message<{ service: string; probe: string; number: number; owners: string }>({
    slug: 'probe-asks-another-port',
    severity: 'info',
    title: 'the readiness probe asks another port than the Service uses',
    summary: ({ service, probe, number, owners }) =>
      `the readiness probe of ${owners} asks ${probe}, Service ${service} sends to ${number}: Ready does not prove that ${number} answers`,
    explain:
      'A pod joins the Service when its readiness probe passes. A probe on an admin or health port is common and right, as ' +
      'long as that port tells the truth about the served one. When callers get "connection refused" from Ready pods, ' +
      'look here first.',
  }),
  SVC411: message<{ probe: string; owners: string; declared: string }>({
    slug: 'readiness-port-not-declared',
    severity: 'info',
    title: 'the readiness probe asks a port that no container declares',
    summary: ({ probe, owners, declared }) =>
      `the readiness probe of ${owners} asks ${probe}, a port that the containers do not declare (${declared})`,
    explain:
      'Declaring ports is optional, so such a probe may be right. When it fails, compare its port with the port on which ' +
      'the app listens: a typing error in the probe keeps a sound pod out of the Service.',
  }),
  SVC412: message<{ service: string; port: string; says: string; but: string }>({
    slug: 'app-protocol-unclear',
    severity: 'info',
    title: 'appProtocol and port name disagree',
    summary: ({ service, port, says, but }) => `${port} of Service ${service} has appProtocol ${says}, but ${but}`,
    explain:
      'kube-proxy ignores appProtocol; meshes, gateways and some load balancers do not: they choose HTTP, gRPC or plain ' +
      'TCP handling by it, or by the prefix of the port name. Where the two disagree, such proxies may speak the wrong protocol.',
  }),
  SVC413: message<{ service: string; what: string }>({
    slug: 'service-ports-invalid',
    severity: 'critical',
    rung: 55,
    title: 'the ports of the Service are not valid',
    summary: ({ service, what }) => `Service ${service} ${what}`,
    explain:
      'The API server refuses a Service whose ports repeat a number with the same protocol, repeat a name, lack a name ' +
      'where there are several, or lie outside 1 to 65535. A manifest like this was never applied.',
  }),
  SVC414: message<{ service: string; port: string; found: string; wanted: string; slice: string; count: string }>({
    slug: 'slice-ports-disagree',
    severity: 'critical',
    rung: 56,
    title: 'the EndpointSlices carry another port than the Service asks for',
    summary: ({ service, port, found, wanted, slice, count }) =>
      `EndpointSlice ${slice} sends ${port} of Service ${service} to ${found} at ${count}, though the spec asks for ${wanted}`,
    explain:
      'The endpoint controller (part of kube-controller-manager) writes the port of each Service port into the ' +
      'EndpointSlices, and kube-proxy follows them. When they disagree with the Service for more than a few seconds, the ' +
      'controller does not run, may not write, or somebody edited the slice by hand.\n' +
      'Deleting the slice makes a working controller write it anew.',
  }),
  SVC415: message<{ pods: string; hostPort: string; holder: string; service: string }>({
    slug: 'host-port-conflict',
    severity: 'critical',
    rung: 18,
    title: 'a hostPort is taken on every node that fits',
    summary: ({ pods, hostPort, holder, service }) =>
      `${pods} behind Service ${service} cannot be placed: hostPort ${hostPort} is taken by ${holder}`,
    explain:
      'A hostPort belongs to the node: only one pod of a node can have it (for the same protocol and address). More ' +
      'replicas than nodes, a rolling update that starts the new pod ' +
      'before the old one ends, or another workload with the same hostPort leave pods Pending.\n' +
      'Most apps need no hostPort: a Service, or a NodePort, reaches them. Where it must stay, run a DaemonSet, or let the ' +
      'old pod go first (maxUnavailable 1, maxSurge 0).',
  }),
});
