/** Random small clusters for property tests: few names and labels, so that rules meet pods often. */
import fc from 'fast-check';
import type { LabelSelector, Labels, Node } from '../../model/objects.ts';
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../model/objects-network.ts';
import type { Pod } from '../../model/objects-pod.ts';
import type { PolicyFacts } from '../model.ts';
import type {
  AdminPeer,
  AdminPort,
  AdminRule,
  AdminSubject,
  ClusterNetworkPolicy,
  ClusterProtocol,
  ClusterRule,
} from '../rules/types.ts';

const NAMESPACES = ['n1', 'n2', 'n3'];
const KEYS = ['a', 'b', 'c'];
const VALUES = ['1', '2', ''];
const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
export const PORTS: readonly number[] = [1, 53, 80, 81, 8080, 65535];
const PORT_NAMES = ['web', 'dns'];
const V4 = ['10.0.0.1', '10.0.0.2', '10.0.1.1', '10.1.0.1', '192.168.0.1'];
const V6 = ['fd00::1', 'fd00::2', 'fd00:1::1'];
/** Addresses asked about as the outside; none is a pod's. */
export const OUTSIDE: readonly string[] = [
  '10.0.0.77',
  '10.9.9.9',
  '8.8.8.8',
  '192.168.0.200',
  'fd00::77',
  '2001:db8::1',
];
const CIDRS = [
  '0.0.0.0/0',
  '10.0.0.0/8',
  '10.0.0.0/24',
  '10.0.0.2/32',
  '192.168.0.0/16',
  '::/0',
  'fd00::/64',
  'fd00::/16',
];

const oneOf = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const maybe = <T>(value: fc.Arbitrary<T>, freq = 2): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq });
const some = <T>(value: fc.Arbitrary<T>, maxLength: number, minLength = 0): fc.Arbitrary<T[]> =>
  fc.array(value, { minLength, maxLength });

/** Leaves out fields that are undefined, as JSON does. */
function record<T>(model: { [K in keyof T]: fc.Arbitrary<T[K] | undefined> }): fc.Arbitrary<T> {
  return fc.record(model as { [K in keyof T]: fc.Arbitrary<T[K]> }).map((value) => {
    const known = Object.entries(value as object).filter(([, field]) => field !== undefined);
    return Object.fromEntries(known) as T;
  });
}

const labels: fc.Arbitrary<Labels> = fc.dictionary(oneOf(KEYS), oneOf(VALUES), { maxKeys: 3 });

function selector(extraKeys: readonly string[] = []): fc.Arbitrary<LabelSelector> {
  const key = oneOf([...KEYS, ...extraKeys]);
  const value = extraKeys.length > 0 ? oneOf([...VALUES, ...NAMESPACES]) : oneOf(VALUES);
  const requirement = fc.oneof(
    record<{ key: string; operator: string; values: string[] }>({
      key,
      operator: oneOf(['In', 'NotIn']),
      values: some(value, 2, 1),
    }),
    record<{ key: string; operator: string }>({ key, operator: oneOf(['Exists', 'DoesNotExist']) }),
  );
  return record<LabelSelector>({
    matchLabels: maybe(fc.dictionary(key, value, { maxKeys: 2 })),
    matchExpressions: maybe(some(requirement, 2), 1),
  });
}

const podSelector = selector();
const namespaceSelector = selector(['kubernetes.io/metadata.name']);
const podsOf = fc.record({ namespaceSelector, podSelector });

// ---------------------------------------------------------------- NetworkPolicy

const npPeer: fc.Arbitrary<NetworkPolicyPeer> = fc.oneof(
  fc.record({ podSelector }),
  fc.record({ namespaceSelector }),
  podsOf,
  fc.record({
    ipBlock: record<{ cidr: string; except: string[] }>({
      cidr: oneOf(CIDRS),
      except: maybe(some(oneOf(CIDRS.slice(1)), 2)),
    }),
  }),
  fc.constant({}),
);

const range = fc.tuple(oneOf(PORTS), oneOf(PORTS)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

const npPort: fc.Arbitrary<NetworkPolicyPort> = fc.oneof(
  record<NetworkPolicyPort>({ protocol: maybe(oneOf(PROTOCOLS)), port: maybe(oneOf(PORTS), 4) }),
  record<NetworkPolicyPort>({ protocol: maybe(oneOf(PROTOCOLS)), port: oneOf(PORT_NAMES) }),
  fc
    .tuple(maybe(oneOf(PROTOCOLS)), range)
    .map(([protocol, [port, endPort]]) => ({ ...(protocol ? { protocol } : {}), port, endPort })),
);

/** Every address there can be, in one piece for each family or with a hole that another block fills. */
const everyAddress: fc.Arbitrary<NetworkPolicyPeer[]> = oneOf([
  [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }],
  [
    { ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } },
    { ipBlock: { cidr: '10.0.0.0/8' } },
    { ipBlock: { cidr: '::/0' } },
  ],
  [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }, { ipBlock: { cidr: '::/0' } }],
]);

const npPeers = fc.oneof({ weight: 9, arbitrary: some(npPeer, 3) }, { weight: 1, arbitrary: everyAddress });

const npRule = (field: 'from' | 'to') => record({ [field]: maybe(npPeers), ports: maybe(some(npPort, 3)) });

/** Rules that hold every address together, each with ports of its own. */
const npRulesApart = (field: 'from' | 'to') =>
  fc
    .tuple(everyAddress, some(record({ ports: maybe(some(npPort, 2), 3) }), 2))
    .map(([peers, ports]) => peers.map((peer, at) => ({ [field]: [peer], ...ports[at % ports.length] })));

const npRules = (field: 'from' | 'to') =>
  fc.oneof({ weight: 6, arbitrary: some(npRule(field), 3) }, { weight: 1, arbitrary: npRulesApart(field) });

const networkPolicy: fc.Arbitrary<NetworkPolicy> = fc
  .record({
    namespace: oneOf(NAMESPACES),
    spec: record<NetworkPolicy['spec'] & object>({
      podSelector: maybe(podSelector, 5),
      policyTypes: maybe(oneOf([['Ingress'], ['Egress'], ['Ingress', 'Egress'], []])),
      ingress: maybe(npRules('from'), 3),
      egress: maybe(npRules('to'), 3),
    }),
  })
  .map(({ namespace, spec }) => ({ metadata: { namespace, name: 'np' }, spec }));

// ---------------------------------------------------------------- policy.networking.k8s.io

const subject: fc.Arbitrary<AdminSubject> = fc.oneof(
  fc.record({ namespaces: namespaceSelector }),
  fc.record({ pods: podsOf }),
);

const ingressPeer: fc.Arbitrary<AdminPeer> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ namespaces: namespaceSelector }) },
  { weight: 6, arbitrary: fc.record({ pods: podsOf }) },
  { weight: 1, arbitrary: oneOf<AdminPeer>([{}, { networks: ['10.0.0.0/8'] }]) },
);

const egressPeer: fc.Arbitrary<AdminPeer> = fc.oneof(
  { weight: 3, arbitrary: ingressPeer },
  { weight: 2, arbitrary: fc.record({ networks: some(oneOf(CIDRS), 2, 1) }) },
  { weight: 1, arbitrary: fc.record({ nodes: podSelector }) },
  { weight: 1, arbitrary: fc.constant({ domainNames: ['example.com'] }) },
);

const adminPort: fc.Arbitrary<AdminPort> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ portNumber: fc.record({ protocol: oneOf(PROTOCOLS), port: oneOf(PORTS) }) }) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(oneOf(PROTOCOLS), range)
      .map(([protocol, [start, end]]) => ({ portRange: { protocol, start, end } })),
  },
  { weight: 3, arbitrary: fc.record({ namedPort: oneOf(PORT_NAMES) }) },
  { weight: 1, arbitrary: fc.constant({}) },
);

const destinationPort = fc.oneof(
  fc.record({ number: oneOf(PORTS) }),
  range.map(([start, end]) => ({ range: { start, end } })),
);

const clusterProtocol: fc.Arbitrary<ClusterProtocol> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(oneOf(['tcp', 'udp', 'sctp']), destinationPort)
      .map(([name, ports]) => ({ [name]: { destinationPort: ports } })),
  },
  { weight: 3, arbitrary: fc.record({ destinationNamedPort: oneOf(PORT_NAMES) }) },
  { weight: 1, arbitrary: fc.constant({ tcp: {} }) },
);

function adminRules(actions: readonly string[], field: 'from' | 'to'): fc.Arbitrary<AdminRule[] | undefined> {
  const peer = field === 'from' ? ingressPeer : egressPeer;
  const rule = record<AdminRule>({
    action: oneOf(actions),
    [field]: some(peer, 2, 1),
    ports: maybe(some(adminPort, 2)),
  });
  return maybe(some(rule, 3), 3);
}

function clusterRules(field: 'from' | 'to'): fc.Arbitrary<ClusterRule[] | undefined> {
  const peer = field === 'from' ? ingressPeer : egressPeer;
  const actions = oneOf(['Accept', 'Deny', 'Pass']);
  const rule = record<ClusterRule>({
    action: actions,
    [field]: some(peer, 2, 1),
    protocols: maybe(some(clusterProtocol, 2)),
  });
  return maybe(some(rule, 3), 3);
}

const priority = fc.integer({ min: 0, max: 5 });

const adminPolicy = record<object>({
  priority,
  subject,
  ingress: adminRules(['Allow', 'Deny', 'Pass'], 'from'),
  egress: adminRules(['Allow', 'Deny', 'Pass'], 'to'),
}).map((spec) => ({ metadata: { name: 'anp' }, spec }));

const baselinePolicy = record<object>({
  subject,
  ingress: adminRules(['Allow', 'Deny'], 'from'),
  egress: adminRules(['Allow', 'Deny'], 'to'),
}).map((spec) => ({ metadata: { name: 'default' }, spec }));

const clusterPolicy: fc.Arbitrary<ClusterNetworkPolicy> = record<ClusterNetworkPolicy['spec'] & object>({
  tier: oneOf(['Admin', 'Baseline']),
  priority,
  subject,
  ingress: clusterRules('from'),
  egress: clusterRules('to'),
}).map((spec) => ({ metadata: { name: 'cnp' }, spec }));

// ---------------------------------------------------------------- pods and the whole

const containerPort = fc.record({ name: oneOf(PORT_NAMES), containerPort: oneOf(PORTS), protocol: oneOf(PROTOCOLS) });

/** Some without an address, some with two, some on the host network. */
function pods(): fc.Arbitrary<Pod[]> {
  const ips = fc.oneof(
    oneOf(V4).map((ip) => [ip]),
    oneOf(V6).map((ip) => [ip]),
    fc.tuple(oneOf(V4), oneOf(V6)),
    fc.constant([]),
  );
  const pod = fc.record({
    namespace: oneOf(NAMESPACES),
    labels,
    ips: ips as fc.Arbitrary<string[]>,
    node: oneOf(['node-1', 'node-2', '']),
    host: fc.integer({ min: 0, max: 7 }).map((n) => n === 0),
    ports: some(containerPort, 3),
    sidecar: some(containerPort, 1),
    init: some(containerPort, 1),
    phase: oneOf(['Running', 'Running', 'Running', 'Running', 'Pending', 'Succeeded']),
  });
  return fc.array(pod, { minLength: 2, maxLength: 8 }).map((all) =>
    all.map((one, i) => ({
      metadata: { namespace: one.namespace, name: `p${i}`, labels: one.labels },
      spec: {
        nodeName: one.node,
        hostNetwork: one.host,
        containers: [{ ports: one.ports }],
        initContainers: [{ restartPolicy: 'Always', ports: one.sidecar }, { ports: one.init }],
      },
      status: { phase: one.phase, podIPs: one.ips.map((ip) => ({ ip })) },
    })),
  );
}

const nodes: fc.Arbitrary<Node[]> = fc
  .tuple(labels, fc.boolean())
  .map(([own, second]) => [
    { metadata: { name: 'node-1', labels: own } },
    ...(second ? [{ metadata: { name: 'node-2', labels: {} } }] : []),
  ]);

/** A cluster with policies of every family. Now and then a Namespace object is missing. */
export function randomCluster(): fc.Arbitrary<PolicyFacts> {
  const namespace = fc.tuple(
    labels,
    fc.integer({ min: 0, max: 4 }).map((n) => n > 0),
  );
  return fc
    .record({
      pods: pods(),
      namespaces: fc.tuple(namespace, namespace, namespace),
      nodes,
      networkPolicies: some(networkPolicy, 5),
      adminNetworkPolicies: some(adminPolicy, 2),
      baselineAdminNetworkPolicies: some(baselinePolicy, 1),
      clusterNetworkPolicies: some(clusterPolicy, 3),
    })
    .map((facts) => ({
      ...facts,
      namespaces: facts.namespaces.flatMap(([own, known], i) =>
        known ? [{ metadata: { name: NAMESPACES[i] ?? '', labels: own } }] : [],
      ),
    }));
}
