import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PeerValue } from '../../plugins/netpol/answer/end-values.ts';
import { netpol } from '../../plugins/netpol/plugin.ts';
import type { PortsValue } from '../../plugins/netpol/words/ports.ts';
import { ALL_PORTS, NO_PORTS, type PortSet, portRange, unionPorts } from '../../shared/policy/rules/port-set.ts';
import { canonical, type Row, readConn, show } from '../../shared/policy/testing/peer-rows.ts';
import { runCli } from '../../shared/testing/run-cli.ts';

/** Real manifests with the connections that another analyser finds in them. Not part of the repository. */
const cases = join(import.meta.dirname, '../../../shared/cases/netpol/cases');
const names = existsSync(cases) ? readdirSync(cases).sort() : [];

interface Expected {
  readonly connections: readonly { readonly src: string; readonly dst: string; readonly conn: string }[];
  readonly host_network_workloads: readonly string[];
}

/**
 * Where the specification and that analyser part:
 * - `hostNetwork`: it takes host-networked pods for pods like others. Network Policies, "NetworkPolicy and hostNetwork
 *   pods": undefined, so their rows are `undecided`, or follow the plugin where one is recognised.
 * - `finished`: it lets pods talk that have succeeded. Pod Lifecycle, "Pod phase": they run nothing any more.
 */
const DIFFERENT: Readonly<Record<string, 'hostNetwork' | 'finished'>> = {
  ipblockstest: 'hostNetwork',
  ipblockstest_2: 'hostNetwork',
  minikube_resources: 'finished',
  'semanticDiff-same-topologies-new1': 'hostNetwork',
  'semanticDiff-same-topologies-old1': 'hostNetwork',
};

describe.skipIf(names.length === 0)('netpol matrix on the shared cases (skipped: ../shared/cases is not there)', () => {
  it.each(names)('%s', async (name) => {
    const expected = JSON.parse(readFileSync(join(cases, name, 'expected.json'), 'utf8')) as Expected;
    const ours = await answerOf(name);
    const theirs = expected.connections.map(({ src, dst, conn }) => ({ src, dst, ports: readConn(conn) }));
    const left = leftOut(DIFFERENT[name], expected, theirs, ours);
    const keep = (row: Row): boolean => !left.has(row.src) && !left.has(row.dst);
    expect(show(canonical(ours.filter(keep)))).toEqual(show(canonical(theirs.filter(keep))));
    // A difference that went away must go from the list above too.
    const same = JSON.stringify(show(canonical(ours))) === JSON.stringify(show(canonical(theirs)));
    expect(same).toBe(DIFFERENT[name] === undefined);
  });

  it('never has a row from a workload to itself, nor two rows for one pair', async () => {
    for (const name of names) {
      const pairs = (await answerOf(name)).map(({ src, dst }) => `${src} => ${dst}`);
      expect(pairs.filter((pair) => pair.split(' => ')[0] === pair.split(' => ')[1])).toEqual([]);
      expect(pairs.length).toBe(new Set(pairs).size);
    }
  });
});

/** The workloads whose rows are not compared. */
function leftOut(
  why: 'hostNetwork' | 'finished' | undefined,
  expected: Expected,
  theirs: readonly Row[],
  ours: readonly Row[],
): ReadonlySet<string> {
  if (why === undefined) return new Set();
  if (why === 'hostNetwork') return new Set(expected.host_network_workloads);
  const known = new Set(ours.flatMap(({ src, dst }) => [src, dst]));
  return new Set(
    theirs.flatMap(({ src, dst }) => [src, dst]).filter((name) => name.includes('[Job]') && !known.has(name)),
  );
}

async function answerOf(name: string): Promise<readonly Row[]> {
  const run = await runCli(netpol, ['matrix', '--snapshot', join(cases, name, 'manifests'), '-o', 'json']);
  const { connections } = JSON.parse(run.stdout) as {
    readonly connections: readonly { readonly from: PeerValue; readonly to: PeerValue; readonly ports: PortsValue }[];
  };
  return connections.map(({ from, to, ports }) => ({ src: peerText(from), dst: peerText(to), ports: portSet(ports) }));
}

function peerText(peer: PeerValue): string {
  if ('cidr' in peer) return peer.cidr;
  return 'name' in peer ? `${peer.namespace ?? ''}/${peer.name}[${peer.kind}]` : '{ingress-controller}';
}

function portSet(ports: PortsValue): PortSet {
  if (ports === 'all') return ALL_PORTS;
  return ports.reduce<PortSet>(
    (all, { protocol, from, to }) => unionPorts(all, portRange(protocol, from, to)),
    NO_PORTS,
  );
}
