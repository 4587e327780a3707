/**
 * `kubectl netcni rules` on an iptables-save of 50,000 rules against 2,942 Services with five endpoints each:
 *   node test/bench/netcni-rules.ts
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { iptablesChains, iptablesEndpointChain } from '../../shared/datapath/kube-proxy-names.ts';
import { compare } from './measure.ts';

const SERVICES = 2942;
const ENDPOINTS = 5;
const GOAL_SECONDS = 1.5;

await execa('node', ['scripts/build.ts', 'netcni'], { preferLocal: true, stdout: 'ignore' });
const folder = await mkdtemp(join(tmpdir(), 'kubectl-net-bench-'));
try {
  const [rules, facts] = [join(folder, 'iptables-save.txt'), join(folder, 'facts.json')];
  await writeFile(rules, dump());
  await writeFile(facts, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects() }));
  const node = [join('node_modules', '.bin', 'node'), 'dist/kubectl-netcni'];
  const measured = await compare(
    [
      { name: 'netcni version --client', words: [...node, 'version', '--client'] },
      { name: 'netcni rules, 50,000 rules', words: [...node, 'rules', rules, '--node', 'n1', '--snapshot', facts] },
    ],
    5,
  );
  for (const { name, wall, cpu, memory } of measured) {
    process.stdout.write(
      `${name.padEnd(30)} ${wall.toFixed(2)} s wall, ${cpu.toFixed(2)} s cpu, ${memory.toFixed(0)} MB\n`,
    );
  }
  process.stdout.write(`to reach: ${GOAL_SECONDS} s with the start\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

function address(service: number): string {
  return `10.96.${Math.floor(service / 250)}.${(service % 250) + 1}`;
}

function endpoint(service: number, at: number): string {
  const number = service * ENDPOINTS + at;
  return `10.${128 + Math.floor(number / 62_500)}.${Math.floor(number / 250) % 250}.${(number % 250) + 1}`;
}

function dump(): string {
  const chains: string[] = [];
  const rules: string[] = [];
  for (let number = 0; number < SERVICES; number++) {
    const port = { namespace: `ns-${number % 50}`, service: `app-${number}`, port: 'http', protocol: 'TCP' };
    const { service } = iptablesChains(port);
    const name = `${port.namespace}/${port.service}:http`;
    chains.push(`:${service} - [0:0]`);
    rules.push(
      `-A KUBE-SERVICES -d ${address(number)}/32 -p tcp -m comment --comment "${name} cluster IP" -m tcp --dport 80 -j ${service}`,
    );
    rules.push(
      `-A ${service} ! -s 10.128.0.0/9 -d ${address(number)}/32 -p tcp -m comment --comment "${name} cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ`,
    );
    for (let at = 0; at < ENDPOINTS; at++) {
      const target = { address: endpoint(number, at), port: 8080 };
      const chain = iptablesEndpointChain(port, target);
      chains.push(`:${chain} - [0:0]`);
      const share = at + 1 < ENDPOINTS ? `-m statistic --mode random --probability 0.${100_000 + at} ` : '';
      rules.push(`-A ${service} -m comment --comment "${name} -> ${target.address}:8080" ${share}-j ${chain}`);
      rules.push(`-A ${chain} -s ${target.address}/32 -m comment --comment "${name}" -j KUBE-MARK-MASQ`);
      rules.push(
        `-A ${chain} -p tcp -m comment --comment "${name}" -m tcp -j DNAT --to-destination ${target.address}:8080`,
      );
    }
  }
  const head = [
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':POSTROUTING ACCEPT [0:0]',
    ':KUBE-SERVICES - [0:0]',
    ':KUBE-POSTROUTING - [0:0]',
    ':KUBE-MARK-MASQ - [0:0]',
  ];
  const hooks = [
    '-A PREROUTING -j KUBE-SERVICES',
    '-A OUTPUT -j KUBE-SERVICES',
    '-A POSTROUTING -j KUBE-POSTROUTING',
    '-A KUBE-POSTROUTING -j MASQUERADE --random-fully',
    '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
  ];
  return [...head, ...chains, ...hooks, ...rules, 'COMMIT', ''].join('\n');
}

function objects(): readonly object[] {
  const items: object[] = [
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1' },
      spec: { podCIDR: '10.128.0.0/16' },
      status: {
        addresses: [{ type: 'InternalIP', address: '192.0.2.1' }],
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    },
  ];
  for (let number = 0; number < SERVICES; number++) {
    const metadata = {
      name: `app-${number}`,
      namespace: `ns-${number % 50}`,
      creationTimestamp: '2026-01-01T00:00:00Z',
    };
    items.push({
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        type: 'ClusterIP',
        selector: { app: metadata.name },
        clusterIP: address(number),
        clusterIPs: [address(number)],
        ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }],
      },
    });
    items.push({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, name: `${metadata.name}-x`, labels: { 'kubernetes.io/service-name': metadata.name } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      endpoints: Array.from({ length: ENDPOINTS }, (_, at) => ({
        addresses: [endpoint(number, at)],
        conditions: { ready: true },
      })),
    });
  }
  return items;
}
