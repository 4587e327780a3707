import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { netpol } from '../../plugins/netpol/plugin.ts';
import { runCli } from '../../shared/testing/run-cli.ts';
import { describeCluster, foreignKubeconfig, skipReason, testClusterName } from '../kit/cluster.ts';

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

describe.skipIf(reason !== undefined)(
  `policies that an API server refuses${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    it('are those that lint calls refused, and matrix incomplete', async () => {
      const kubeconfig = foreign ?? describeCluster(testClusterName).kubeconfig;
      const objects = POLICIES.map((more: { readonly metadata?: object }, at) => ({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        ...more,
        metadata: { name: `refused-${at}`, namespace: 'default', ...more.metadata },
      }));
      const path = '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies?dryRun=All&fieldValidation=Strict';
      const told: string[] = [];
      const expected: string[] = [];
      for (const object of objects) {
        const stdin = JSON.stringify(object);
        const lint = await runCli(netpol, 'lint -o json --snapshot -', { stdin });
        const matrix = await runCli(netpol, 'matrix --snapshot -', { stdin });
        const answer = await execa('kubectl', ['create', '--raw', path, '-f', '-'], {
          env: { KUBECONFIG: kubeconfig },
          input: stdin,
          reject: false,
        });
        const taken = answer.exitCode === 0;
        const refuses = /refuses|would refuse|cannot be read|POL32[1235]/.test(lint.stdout);
        told.push(`${stdin} lint ${refuses ? 'refused' : 'taken'}, matrix ${matrix.exit}`);
        expected.push(`${stdin} lint ${taken ? 'taken' : 'refused'}, matrix ${taken ? 0 : 3}`);
      }
      expect(told).toEqual(expected);
      expect(told.some((line) => line.endsWith('lint taken, matrix 0'))).toBe(true);
    });
  },
);
