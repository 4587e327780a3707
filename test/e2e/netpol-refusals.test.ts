import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { netpol } from '../../plugins/netpol/plugin.ts';
import { runCli } from '../../shared/testing/run-cli.ts';
import { describeCluster, foreignKubeconfig, skipReason, testClusterName } from '../kit/cluster.ts';
import { applyDefinitions } from '../kit/policy-definitions.ts';

/** What `lint` says offline of a policy is what the API server of the cluster says of it. Nothing is stored. */

const foreign = foreignKubeconfig();
const reason = foreign === undefined ? skipReason() : undefined;

const spec = (more: object) => ({ spec: { podSelector: {}, ...more } });
const rule = (ingress: unknown) => spec({ ingress: [ingress] });
const port = (...ports: unknown[]) => rule({ ports });
const from = (...peers: unknown[]) => rule({ from: peers });
const block = (cidr: unknown, ...except: unknown[]) =>
  from({ ipBlock: except.length === 0 ? { cidr } : { cidr, except } });
const labels = (matchLabels: unknown) => spec({ podSelector: { matchLabels } });
const one = (...matchExpressions: unknown[]) => spec({ podSelector: { matchExpressions } });
const named = (name: string) => ({ metadata: { name }, ...spec({}) });

const POLICIES: readonly object[] = [
  spec({}),
  {},
  ...[[], ['ingress'], [''], ['Ingress', 'Ingress'], ['Ingress', 'Egress', 'Ingress'], 'Ingress'].map((policyTypes) =>
    spec({ policyTypes }),
  ),
  ...[0, -1, 65535, 65536, 80.5, true, null, '80', '', 'http', 'HTTP', 'a--b', '-a', '123-', '8080tcp', 'a_b'].map(
    (own) => port({ port: own }),
  ),
  ...['abcdefghijklmno', 'abcdefghijklmnop'].map((own) => port({ port: own })),
  ...['tcp', 'Tcp', 'ICMP', '', null, 'SCTP'].map((protocol) => port({ protocol, port: 1 })),
  ...[1, 2, 65536, 0, '3'].map((endPort) => port({ port: 2, endPort })),
  port({ port: 'http', endPort: 2 }),
  port({ endPort: 2 }),
  ...['10.0.0.0/8', '10.1.2.3/8', '10.0.0.0', '10.0.0.0/33', '', '010.0.0.0/8', ' 10.0.0.0/8', '10.0.0.0/08'].map(
    (cidr) => block(cidr),
  ),
  ...['2001:DB8::/32', '2001:0db8:0000::/32', '::ffff:10.0.0.0/104', 'fe80::1%eth0/64', '10.0.0/24', 10].map((cidr) =>
    block(cidr),
  ),
  from({ ipBlock: {} }),
  ...['10.1.0.0/16', '11.0.0.0/16', '10.0.0.0/8', '10.0.0.0/7', 'fd00::/64', '10.0.0.1', '10.1.2.3/16', ''].map(
    (except) => block('10.0.0.0/8', except),
  ),
  ...[
    {},
    null,
    { podselector: {} },
    { namespaceSelector: {}, podSelector: {} },
    { ipBlock: null, podSelector: {} },
  ].map((peer) => from(peer)),
  ...['podSelector', 'namespaceSelector'].map((key) => from({ ipBlock: { cidr: '10.0.0.0/8' }, [key]: {} })),
  spec({ policyTypes: ['Egress'], egress: [{ to: [{}] }] }),
  spec({ policyTypes: ['Egress'], egress: [{ from: [{ podSelector: {} }] }] }),
  ...['b c', '-b', '', 'a'.repeat(63), 'a'.repeat(64), 1, null].map((a) => labels({ a })),
  ...['a b', 'x.io/a', 'x/y/z', '', 'k'.repeat(64), 'X.io/a', '_a'].map((key) => labels({ [key]: 'b' })),
  labels([]),
  ...['In', 'Exists', 'DoesNotExist', 'in', 'Gt', undefined].map((operator) =>
    one({ key: 'a', operator, values: ['1'] }),
  ),
  ...['In', 'Exists'].flatMap((operator) => [one({ key: 'a', operator }), one({ key: 'a', operator, values: [] })]),
  one({ operator: 'Exists' }),
  one({ key: 'a!', operator: 'Exists' }),
  one({ key: 'a', operator: 'In', values: ['b c'] }),
  one({ key: 'a', operator: 'NotIn', values: ['b', 'b'] }),
  from({ podSelector: { matchLabels: { a: 'b!' } } }),
  from({ namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'Is' }] } }),
  ...['P', 'a.b', 'a_b', 'a'.repeat(253), 'a'.repeat(254), '-a'].map(named),
  { metadata: { labels: { a: 'b c' } }, ...spec({}) },
  spec({ selector: {} }),
  rule({ port: 80 }),
  rule({ from: {} }),
  rule({ ports: { port: 80 } }),
  rule(null),
  spec({ ingress: { from: [] } }),
  spec({ ingress: null }),
  spec({ podSelector: [] }),
  spec({ podSelector: null }),
];

const all = { namespaces: {} };
const rules = (...ingress: unknown[]) => ({ spec: { ingress } });
const allow = (more: object) => rules({ action: 'Allow', from: [all], ...more });
const accept = (more: object) => rules({ action: 'Accept', from: [all], ...more });
const many = (count: number, item: unknown) => new Array(count).fill(item);
const peers = (...from: unknown[]) => rules({ action: 'Deny', from });
const out = (...to: unknown[]) => ({ spec: { egress: [{ action: 'Deny', to }] } });
const networks = (...blocks: unknown[]) => out({ networks: blocks });
const domains = (...names: unknown[]) => out({ domainNames: names });
const subject = (own: unknown) => ({ spec: { subject: own } });

/** What the three cluster-wide kinds have in common. */
const ADMIN_POLICIES: readonly object[] = [
  {},
  ...[{}, null, all, { pods: {} }, { ...all, pods: { namespaceSelector: {}, podSelector: {} } }].map(subject),
  ...[{ podSelector: {} }, { namespaceSelector: {} }, { namespaceSelector: {}, podSelector: {} }].map((pods) =>
    subject({ pods }),
  ),
  subject({ namespaces: { matchExpressions: [{ key: 'a' }] } }),
  subject({ namespaces: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } }),
  subject({ namespaces: { matchLabel: {} } }),
  subject({ nodes: {} }),
  ...['Allow', 'Accept', 'Deny', 'Pass', 'deny', '', undefined].map((action) => rules({ action, from: [all] })),
  ...[undefined, null, [], [null], [{}], [{ services: {} }], [{ ...all, services: {} }]].map((from) =>
    rules({ action: 'Deny', from }),
  ),
  rules(...many(25, { action: 'Deny', from: [all] })),
  rules(...many(26, { action: 'Deny', from: [all] })),
  rules(...many(100, { action: 'Deny', from: [all] })),
  rules(...many(101, { action: 'Deny', from: [all] })),
  peers(...many(26, all)),
  peers(...many(101, all)),
  rules({ action: 'Deny', from: [all], name: 'n'.repeat(100) }),
  rules({ action: 'Deny', from: [all], name: 'n'.repeat(101) }),
  rules({ action: 'Deny', to: [all] }),
  rules({ action: 'Deny', from: [all], to: [all] }),
  peers({ pods: { podSelector: {} } }),
  peers({ pods: { podSelector: {}, namespaceSelector: {} } }),
  peers({ namespaces: null, pods: { podSelector: {}, namespaceSelector: {} } }),
  peers({ networks: ['10.0.0.0/8'] }),
  peers({ nodes: {} }),
  out(all),
  out({ nodes: {} }),
  out({ nodes: { matchExpressions: [{ operator: 'Exists' }] } }),
  networks(),
  ...['10.0.0.0/8', '10.1.2.3/8', '10.0.0.0', '10.0.0.0/33', '010.0.0.0/8', '2001:DB8::/32', 'fd00::1/64'].map((one) =>
    networks(one),
  ),
  ...['::ffff:10.0.0.0/104', 'fe80::1%eth0/64', '10.0.0.0/08', ' 10.0.0.0/8', ''].map((one) => networks(one)),
  networks('10.0.0.0/8', '10.0.0.0/8'),
  networks(...many(26, 0).map((_, at) => `10.${at}.0.0/16`)),
  ...['example.com', '*.example.com', '*', 'com', 'example.com.', '_a.example.com', 'a..b', '-a.com', '*.*.com'].map(
    (one) => domains(one),
  ),
  domains(),
  domains('a.io', 'a.io'),
  { spec: { ingres: [] } },
  { spec: { ingress: null } },
  { spec: { tiers: 'Admin' } },
  { metadata: { name: 'P' } },
  { metadata: { labels: { a: 'b c' } } },
];

/** Ports of the older two kinds. */
const OLDER_PORTS: readonly object[] = [
  ...[[], null, [{}], [null], [{ icmp: {} }], [{ namedPort: 'http', portNumber: { port: 1 } }]].map((ports) =>
    allow({ ports }),
  ),
  ...[{ port: 0 }, { port: 1 }, { port: 65535 }, { port: 65536 }, {}, { port: '80' }, { port: 1, endPort: 2 }].map(
    (portNumber) => allow({ ports: [{ portNumber }] }),
  ),
  ...[{ start: 1, end: 2 }, { start: 2, end: 1 }, { start: 2, end: 2 }, { start: 1 }, { start: 0, end: 2 }].map(
    (portRange) => allow({ ports: [{ portRange }] }),
  ),
  allow({ ports: [{ namedPort: 'http' }] }),
  allow({ ports: [{ namedPort: '' }] }),
  allow({ ports: many(100, { namedPort: 'a' }) }),
  allow({ ports: many(101, { namedPort: 'a' }) }),
  allow({ protocols: [{ tcp: { destinationPort: { number: 1 } } }] }),
  ...[all, { nodes: {} }, { networks: ['10.0.0.0/8'] }].map((to) => ({
    spec: { egress: [{ action: 'Allow', to: [to], ports: [{ namedPort: 'a' }] }] },
  })),
];

/** Protocols of the newer kind. */
const NEWER_PORTS: readonly object[] = [
  ...[[], null, [{}], [null], [{ icmp: {} }], [{ tcp: {} }], [{ tcp: {}, udp: {} }], [{ tcp: null }]].map((protocols) =>
    accept({ protocols }),
  ),
  ...[
    ...[{}, { number: 0 }, { number: 1 }, { number: 65536 }, { number: 1, range: { start: 1, end: 2 } }],
    ...[{ range: {} }, { range: { start: 1, end: 2 } }, { range: { start: 2, end: 2 } }, { range: { start: 1 } }],
    { number: 1, other: 2 },
  ].map((destinationPort) => accept({ protocols: [{ udp: { destinationPort } }] })),
  ...['http', ''].map((destinationNamedPort) => accept({ protocols: [{ destinationNamedPort }] })),
  accept({ protocols: many(25, { destinationNamedPort: 'a' }) }),
  accept({ protocols: many(26, { destinationNamedPort: 'a' }) }),
  accept({ protocols: [{ sctp: { destinationPort: { number: 1 }, sourcePort: 1 } }] }),
  accept({ ports: [{ portNumber: { port: 1 } }] }),
  ...[all, { nodes: {} }, { networks: ['10.0.0.0/8'] }, { domainNames: ['a.io'] }].map((to) => ({
    spec: { egress: [{ action: 'Accept', to: [to], protocols: [{ destinationNamedPort: 'a' }] }] },
  })),
  ...['Admin', 'Baseline', 'admin', '', undefined].map((tier) => ({ spec: { tier } })),
];

const PRIORITIES = [0, 1000, -1, 1001, 1.5, '5', undefined].map((priority) => ({ spec: { priority } }));

interface Written {
  readonly metadata?: object;
  readonly spec?: object;
}

interface Family {
  readonly apiVersion: string;
  readonly kind: string;
  readonly path: string;
  /** What each object has beside what its case says. */
  readonly metadata: object;
  readonly spec?: object;
  readonly cases: readonly Written[];
}

const ADMIN_GROUP = 'policy.networking.k8s.io';

const FAMILIES: readonly Family[] = [
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    path: '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies',
    metadata: { namespace: 'default' },
    cases: POLICIES,
  },
  {
    apiVersion: `${ADMIN_GROUP}/v1alpha1`,
    kind: 'AdminNetworkPolicy',
    path: `/apis/${ADMIN_GROUP}/v1alpha1/adminnetworkpolicies`,
    metadata: {},
    spec: { priority: 5, subject: all },
    cases: [...ADMIN_POLICIES, ...OLDER_PORTS, ...PRIORITIES],
  },
  {
    apiVersion: `${ADMIN_GROUP}/v1alpha1`,
    kind: 'BaselineAdminNetworkPolicy',
    path: `/apis/${ADMIN_GROUP}/v1alpha1/baselineadminnetworkpolicies`,
    metadata: { name: 'default' },
    spec: { subject: all },
    cases: [...ADMIN_POLICIES, ...OLDER_PORTS, { metadata: { name: 'other' } }, { spec: { priority: 5 } }],
  },
  {
    apiVersion: `${ADMIN_GROUP}/v1alpha2`,
    kind: 'ClusterNetworkPolicy',
    path: `/apis/${ADMIN_GROUP}/v1alpha2/clusternetworkpolicies`,
    metadata: {},
    spec: { tier: 'Admin', priority: 5, subject: all },
    cases: [...ADMIN_POLICIES, ...NEWER_PORTS, ...PRIORITIES],
  },
];

describe.skipIf(reason !== undefined)(
  `policies that an API server refuses${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    const kubeconfig = () => foreign ?? describeCluster(testClusterName).kubeconfig;

    let undo = async (): Promise<unknown> => undefined;

    beforeAll(async () => {
      undo = await applyDefinitions(kubeconfig());
    }, 90_000);

    afterAll(() => undo(), 60_000);

    it.each(FAMILIES)('are those that lint calls refused, and matrix incomplete: $kind', async (family) => {
      const objects = family.cases.map(({ metadata, spec: own }, at) => ({
        apiVersion: family.apiVersion,
        kind: family.kind,
        ...(family.spec === undefined && own === undefined ? {} : { spec: { ...family.spec, ...own } }),
        metadata: { name: `refused-${at}`, ...family.metadata, ...metadata },
      }));
      const path = `${family.path}?dryRun=All&fieldValidation=Strict`;
      const told: string[] = [];
      const expected: string[] = [];
      for (const object of objects) {
        const stdin = JSON.stringify(object);
        const lint = await runCli(netpol, 'lint -o json --snapshot -', { stdin });
        const matrix = await runCli(netpol, 'matrix --snapshot -', { stdin });
        const answer = await execa('kubectl', ['create', '--raw', path, '-f', '-'], {
          env: { KUBECONFIG: kubeconfig() },
          input: stdin,
          reject: false,
        });
        const taken = answer.exitCode === 0;
        const refuses = /refuses|would refuse|cannot be read|POL32[1235]/.test(lint.stdout);
        told.push(`${stdin} lint ${refuses ? 'refused' : 'taken'}, matrix ${matrix.exit}`);
        // What the server takes in and nobody can carry out leaves the answer open too.
        const open = lint.stdout.includes('"POL327"');
        expected.push(`${stdin} lint ${taken ? 'taken' : 'refused'}, matrix ${taken && !open ? 0 : 3}`);
      }
      expect(told).toEqual(expected);
      expect(told.some((line) => line.endsWith('lint taken, matrix 0'))).toBe(true);
    });
  },
);
