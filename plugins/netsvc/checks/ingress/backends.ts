import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import { isProvenAbsent, isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Ingress, Service, ServicePort } from '../../../../shared/model/objects-network.ts';
import { podKey } from '../../../../shared/model/pods.ts';
import { formatRef, nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { endpointRows, podsOf, slicesOf } from '../../../../shared/model/services.ts';
import { patchLine } from '../../../../shared/util/kubectl.ts';
import { joinAnd, joinNames } from '../../../../shared/util/text.ts';
import { ingressMessages } from '../../messages/ingress.ts';
import { likeness } from '../selector/label-distance.ts';
import { meantService } from './meant-service.ts';
import { formatRoute, type Route, routesOf } from './routes.ts';

/** What part of an Ingress's backends to judge. */
export interface BackendScope {
  /** Only routes to the Service of this name. */
  readonly only?: string;
  /** False leaves out whether backends have endpoints, for all or for those whose own faults are told. */
  readonly endpoints?: boolean | ((service: string) => boolean);
}

/** Backends of an Ingress that do not exist, lack the port, or lead nowhere. Routes with the same fault are told once. */
export function judgeBackends(index: ClusterIndex, ingress: Ingress, scope: BackendScope = {}): readonly Finding[] {
  const routes = routesOf(ingress);
  const groups = new Map<string, Route[]>();
  for (const route of routes) {
    if (scope.only !== undefined && route.service !== scope.only) continue;
    const key = `${route.service ?? ''}\n${route.port.name ?? ''}\n${route.port.number ?? ''}\n${route.resource?.name ?? ''}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [route]);
    else group.push(route);
  }
  return [...groups.values()].flatMap((group) => judgeGroup(index, ingress, group, routes.length, scope));
}

function judgeGroup(
  index: ClusterIndex,
  ingress: Ingress,
  group: readonly Route[],
  all: number,
  scope: BackendScope,
): readonly Finding[] {
  const [first] = group;
  if (first === undefined) return [];
  if (first.service === undefined) return first.resource === undefined ? [] : [resourceBackend(ingress, first)];
  const namespace = namespaceOf(ingress);
  const service = index.get('Service', namespace, first.service);
  if (service === undefined) {
    if (!isProvenAbsent(index, 'Service', namespace, first.service)) return [];
    return [serviceMissing(index, ingress, group, first.service, all)];
  }
  const found = findPort(service, first);
  if (found === undefined) return [portMissing(ingress, group, service, all)];
  if (service.spec?.type === 'ExternalName') return [externalNameBackend(ingress, first, service)];
  const { endpoints = true } = scope;
  const wanted = typeof endpoints === 'function' ? endpoints(first.service) : endpoints;
  return wanted ? withoutEndpoints(index, ingress, group, service) : [];
}

function serviceMissing(
  index: ClusterIndex,
  ingress: Ingress,
  group: readonly Route[],
  wanted: string,
  all: number,
): Finding {
  const namespace = namespaceOf(ingress);
  const [elsewhere, ...more] = index
    .list('Service')
    .filter((service) => nameOf(service) === wanted && namespaceOf(service) !== namespace)
    .sort((a, b) => likeness(namespaceOf(b), namespace) - likeness(namespaceOf(a), namespace));
  const near = meantService(index, namespace, wanted);
  // A name that only holds the other says less than the very name elsewhere.
  const meant =
    elsewhere !== undefined && near !== undefined && likeness(nameOf(near), wanted) <= 0.6 ? undefined : near;
  return ingressMessages.SVC704.raise({
    subject: refOf(ingress, 'Ingress'),
    args: {
      ingress: nameOf(ingress),
      namespace,
      routes: joinNames(group.map(formatRoute), 2),
      wanted,
      meant: meant === undefined ? '' : nameOf(meant),
      elsewhere: elsewhere === undefined ? '' : namespaceOf(elsewhere),
      fixes:
        meant === undefined
          ? [
              ...(elsewhere === undefined || more.length > 0 ? [] : [aliasFix(namespace, elsewhere)]),
              { title: 'see which Services there are', command: `kubectl get services -n ${namespace}`, risk: 'none' },
            ]
          : [renameFix(ingress, group, wanted, nameOf(meant))],
    },
    impact: 0.5 * (group.length / all),
    evidence: [
      {
        fact: `${joinNames(group.map(formatRoute), 3)} → Service ${wanted}`,
        source: `${formatRef(refOf(ingress, 'Ingress'))} spec.rules`,
      },
      {
        fact: `namespace ${namespace} has ${joinNames(index.list('Service', namespace).map(nameOf), 5) || 'no Services'}`,
        source: `Services of namespace ${namespace}`,
      },
    ],
  });
}

/** Makes the Service of another namespace known in that of the Ingress. */
function aliasFix(namespace: string, service: Service): Fix {
  const name = nameOf(service);
  const ports = (service.spec?.ports ?? [])
    .flatMap(({ port }) => (port === undefined ? [] : ` --tcp=${port}`))
    .join('');
  return {
    title: 'make an alias of it here, if the controller takes aliases',
    command: `kubectl create service externalname ${name} -n ${namespace} --external-name=${name}.${namespaceOf(service)}.svc.cluster.local${ports}`,
    risk: 'low',
    undo: `kubectl delete service ${name} -n ${namespace}`,
  };
}

function renameFix(ingress: Ingress, group: readonly Route[], from: string, to: string): Fix {
  const patch = (name: string): string =>
    patchLine(
      'ingress',
      namespaceOf(ingress),
      nameOf(ingress),
      group.map((route) => ({ op: 'replace', path: `${route.at}/service/name`, value: name })),
      'json',
    );
  return { title: `send to Service ${to}`, command: patch(to), risk: 'low', undo: patch(from) };
}

function findPort(service: Service, route: Route): ServicePort | undefined {
  const ports = service.spec?.ports ?? [];
  const { name, number } = route.port;
  // Aliases need no ports, and a route without a port is left to the controller.
  if (name === undefined && number === undefined) return ports[0] ?? {};
  if (service.spec?.type === 'ExternalName' && ports.length === 0) return {};
  return ports.find((port) => (number === undefined ? port.name === name : port.port === number));
}

function portMissing(ingress: Ingress, group: readonly Route[], service: Service, all: number): Finding {
  const wanted = group[0]?.port ?? {};
  const ports = service.spec?.ports ?? [];
  const meant =
    ports.find((port) => wanted.number !== undefined && port.targetPort === wanted.number) ??
    (ports.length === 1 ? ports[0] : undefined);
  const asked = wanted.name === undefined ? `port ${wanted.number ?? 0}` : `port "${wanted.name}"`;
  const patch = (port: object): string =>
    patchLine(
      'ingress',
      namespaceOf(ingress),
      nameOf(ingress),
      group.map((route) => ({ op: 'replace', path: `${route.at}/service/port`, value: port })),
      'json',
    );
  return ingressMessages.SVC705.raise({
    subject: refOf(ingress, 'Ingress'),
    args: {
      ingress: nameOf(ingress),
      namespace: namespaceOf(ingress),
      routes: joinNames(group.map(formatRoute), 2),
      service: nameOf(service),
      asked,
      ports: ports.length === 0 ? 'no ports' : joinAnd(ports.map(describePort)),
      target: wanted.number !== undefined && meant?.targetPort === wanted.number,
      fixes:
        meant === undefined
          ? []
          : [
              {
                title: `send to port ${meant.port ?? 0} of Service ${nameOf(service)}`,
                command: patch({ number: meant.port ?? 0 }),
                risk: 'low',
                undo: patch(wanted),
              },
            ],
    },
    impact: 0.5 * (group.length / all),
    evidence: [
      {
        fact: `${joinNames(group.map(formatRoute), 3)} → ${asked} of Service ${nameOf(service)}`,
        source: `${formatRef(refOf(ingress, 'Ingress'))} spec.rules`,
      },
      {
        fact: `has ${ports.length === 0 ? 'no ports' : joinAnd(ports.map(describePort))}`,
        source: `${formatRef(refOf(service, 'Service'))} spec.ports`,
      },
    ],
  });
}

function describePort(port: ServicePort): string {
  const name = port.name === undefined || port.name === '' ? '' : ` "${port.name}"`;
  const target = port.targetPort === undefined ? '' : ` (targetPort ${port.targetPort})`;
  return `${port.port ?? 0}${name}${target}`;
}

function withoutEndpoints(
  index: ClusterIndex,
  ingress: Ingress,
  group: readonly Route[],
  service: Service,
): readonly Finding[] {
  const namespace = namespaceOf(ingress);
  if (index.seen('EndpointSlice', namespace).status !== 'ok') return [];
  if (slicesOf(index, service).length === 0 && !isWhollyRead(index, 'EndpointSlice', namespace)) return [];
  if (endpointRows(index, service).some((row) => row.ready)) return [];
  return [
    ingressMessages.SVC706.raise({
      subject: refOf(ingress, 'Ingress'),
      args: {
        ingress: nameOf(ingress),
        namespace,
        routes: joinNames(group.map(formatRoute), 2),
        service: nameOf(service),
      },
      impact: 0.3,
      pods: podsOf(index, service).map(podKey),
      evidence: [
        {
          fact: `Service ${nameOf(service)} has no ready endpoint`,
          source: `EndpointSlices of ${formatRef(refOf(service, 'Service'))}`,
        },
      ],
    }),
  ];
}

function resourceBackend(ingress: Ingress, route: Route): Finding {
  const { kind = '', name = '' } = route.resource ?? {};
  return ingressMessages.SVC719.raise({
    subject: refOf(ingress, 'Ingress'),
    args: {
      ingress: nameOf(ingress),
      namespace: namespaceOf(ingress),
      route: formatRoute(route),
      backend: `${kind} ${name}`,
    },
    evidence: [{ fact: `resource ${kind} ${name}`, source: `${formatRef(refOf(ingress, 'Ingress'))} spec.rules` }],
  });
}

function externalNameBackend(ingress: Ingress, route: Route, service: Service): Finding {
  return ingressMessages.SVC720.raise({
    subject: refOf(ingress, 'Ingress'),
    args: {
      ingress: nameOf(ingress),
      namespace: namespaceOf(ingress),
      route: formatRoute(route),
      service: nameOf(service),
      target: service.spec?.externalName ?? '',
    },
    evidence: [
      { fact: `type ExternalName, ${service.spec?.externalName ?? ''}`, source: formatRef(refOf(service, 'Service')) },
    ],
  });
}
