import type { Evidence, Finding, Fix } from '../../../../shared/messages/finding.ts';
import { isProvenAbsent, isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Condition } from '../../../../shared/model/objects.ts';
import { formatRef, nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { type GatewayRoute, isGranted } from '../../../../shared/policy/services/gateway-backends.ts';
import { hideSecrets } from '../../../../shared/util/hide-secrets.ts';
import { applyLine, patchLine } from '../../../../shared/util/kubectl.ts';
import { joinAnd, shorten } from '../../../../shared/util/text.ts';
import { ingressMessages } from '../../messages/ingress.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { meantService } from './meant-service.ts';
import { ROUTE_KINDS } from './route-kinds.ts';

type Kind = (typeof ROUTE_KINDS)[number];

/** A backend of a route that is, or was meant to be, the Service. */
interface Backend {
  readonly kind: Kind;
  readonly route: GatewayRoute;
  readonly name: string;
  readonly namespace: string;
  readonly elsewhere: boolean;
  readonly port: number | undefined;
  /** JSON path of the reference in the route. */
  readonly at: string;
}

/** What is wrong with the routes of Gateways that send to the Service, or that mean it and name another. */
export function judgeGatewayRoutes(index: ClusterIndex, subject: ServiceSubject): readonly Finding[] {
  const told = new Map<string, Finding>();
  for (const backend of backendsIn(index)) {
    const found = judge(index, subject, backend);
    if (found !== undefined) told.set(found.summary, found);
  }
  return [...told.values()];
}

function backendsIn(index: ClusterIndex): readonly Backend[] {
  return index.memo('ingress/gateway-backends', () =>
    ROUTE_KINDS.flatMap((kind) =>
      (index.list(kind) as readonly GatewayRoute[]).flatMap((route) =>
        (route.spec?.rules ?? []).flatMap(({ backendRefs }, r) =>
          (backendRefs ?? []).flatMap((ref, b): readonly Backend[] => {
            const { group = '', kind: target = 'Service', name, port } = ref;
            if (group !== '' || target !== 'Service' || name === undefined) return [];
            const namespace = ref.namespace ?? namespaceOf(route);
            const elsewhere = namespace !== namespaceOf(route);
            return [{ kind, route, name, namespace, elsewhere, port, at: `/spec/rules/${r}/backendRefs/${b}` }];
          }),
        ),
      ),
    ),
  );
}

function judge(index: ClusterIndex, subject: ServiceSubject, backend: Backend): Finding | undefined {
  const { kind, route, name, namespace, port, at } = backend;
  const change = (title: string, field: string, value: unknown, former: unknown, base = at): readonly Fix[] => {
    const patch = (op: string, to: unknown): string =>
      patchLine(
        kind.toLowerCase(),
        namespaceOf(route),
        nameOf(route),
        [{ op, path: `${base}/${field}`, value: to }],
        'json',
      );
    return [
      {
        title,
        command: patch('add', value),
        risk: 'low',
        undo: former === undefined ? patch('remove', undefined) : patch('add', former),
      },
    ];
  };
  const raise = (wrong: string, fixes: readonly Fix[]): Finding =>
    ingressMessages.SVC728.raise({
      subject: refOf(route, kind),
      args: { route: `${kind} ${namespaceOf(route)}/${nameOf(route)}`, wrong, fixes },
      evidence: [
        {
          fact: `backendRef ${namespace}/${name}${port === undefined ? '' : ` port ${port}`}`,
          source: `${formatRef(refOf(route, kind))} spec.rules`,
        },
        ...conditionsOf(kind, route),
      ],
    });
  if (namespace !== subject.namespace || name !== subject.name) {
    if (!isProvenAbsent(index, 'Service', namespace, name)) return undefined;
    const missing = `sends to Service ${namespace}/${name}, which does not exist`;
    if (name === subject.name && index.list('Service').filter((one) => nameOf(one) === name).length === 1)
      return raise(
        `${missing}; there is ${subject.namespace}/${name}`,
        change(
          `name the namespace (needs a ReferenceGrant there)`,
          'namespace',
          subject.namespace,
          backend.elsewhere ? namespace : undefined,
        ),
      );
    if (namespace !== subject.namespace || nameOf(meantService(index, namespace, name) ?? {}) !== subject.name)
      return undefined;
    return raise(
      `${missing}; there is Service ${subject.name}`,
      change(`send to ${subject.name}`, 'name', subject.name, name),
    );
  }
  const ports = subject.ports.flatMap((one) => one.port ?? []);
  if (port !== undefined && ports.length > 0 && !ports.includes(port)) {
    const target = subject.ports.find(({ targetPort }) => targetPort === port);
    const [meant] = target?.port === undefined ? (ports.length === 1 ? ports : []) : [target.port];
    return raise(
      `sends to port ${port} of Service ${namespace}/${name}, which has ${joinAnd(ports.map(String))}`,
      meant === undefined ? [] : change(`send to port ${meant}`, 'port', meant, port),
    );
  }
  const grants = isWhollyRead(index, 'ReferenceGrant', namespace) ? index.list('ReferenceGrant', namespace) : undefined;
  const { type = '', reason = '', message = '' } = refusalOf(route) ?? {};
  const allowed = isGranted(grants, kind, route, { name, namespace });
  if (backend.elsewhere && (allowed === false || (allowed === undefined && reason === 'RefNotPermitted')))
    return raise(
      `may not send to Service ${namespace}/${name}: no ReferenceGrant in namespace ${namespace} allows it`,
      [grantLine(kind, namespaceOf(route), namespace, name)],
    );
  const [gateway, ...more] = missingGateways(index, route);
  if (gateway !== undefined) {
    const there = index.list('Gateway', gateway.namespace);
    const [other] = there.length === 1 && more.length === 0 ? there : [];
    return raise(
      `is served by no Gateway: ${gateway.namespace}/${gateway.name} does not exist` +
        (other === undefined ? '' : `; there is ${nameOf(other)}`),
      other === undefined
        ? []
        : change(`name ${nameOf(other)}`, 'name', nameOf(other), gateway.name, '/spec/parentRefs/0'),
    );
  }
  // What cannot be resolved may be another backend of the route.
  const concerned = type === 'Accepted' || (type !== '' && message.includes(name));
  return concerned
    ? raise(`does not serve Service ${namespace}/${name}: ${type} False (${reason}: ${quoted(message)})`, [])
    : undefined;
}

function grantLine(kind: Kind, from: string, namespace: string, name: string): Fix {
  const group = 'gateway.networking.k8s.io';
  const grant = {
    apiVersion: `${group}/v1beta1`,
    kind: 'ReferenceGrant',
    metadata: { name: `routes-of-${from}`, namespace },
    spec: { from: [{ group, kind, namespace: from }], to: [{ group: '', kind: 'Service', name }] },
  };
  return {
    title: `let routes of namespace ${from} send there`,
    command: applyLine(grant),
    risk: 'low',
    undo: `kubectl delete referencegrant routes-of-${from} -n ${namespace}`,
  };
}

/** The Gateways that a route names, where not one of them exists; a parent of another kind is a mesh's. */
function missingGateways(
  index: ClusterIndex,
  route: GatewayRoute,
): readonly { readonly namespace: string; readonly name: string }[] {
  const named = (route.spec?.parentRefs ?? []).map(
    ({ kind = 'Gateway', namespace = namespaceOf(route), name = '' }) => ({
      kind,
      namespace,
      name,
    }),
  );
  const gone = named.every(
    ({ kind, namespace, name }) => kind === 'Gateway' && isProvenAbsent(index, 'Gateway', namespace, name),
  );
  return gone ? named : [];
}

/** The condition by which all Gateways that the route names say that they do not serve it. */
function refusalOf({ status }: GatewayRoute): Condition | undefined {
  const refusals = (status?.parents ?? []).map(({ conditions = [] }) =>
    conditions.find(({ type, status: is }) => (type === 'Accepted' || type === 'ResolvedRefs') && is === 'False'),
  );
  return refusals.every((one) => one !== undefined) ? refusals[0] : undefined;
}

function conditionsOf(kind: Kind, route: GatewayRoute): readonly Evidence[] {
  const { type, reason = '', message = '' } = refusalOf(route) ?? {};
  if (type === undefined) return [];
  const fact = `${type} False (${reason}: ${quoted(message)})`;
  return [{ fact, source: `${formatRef(refOf(route, kind))} status.parents` }];
}

function quoted(message: string): string {
  return shorten(hideSecrets(message), 200);
}
