import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { ask, silent, without } from '../testing/ask-rules.ts';
import { iptablesSave } from '../testing/iptables-dump.ts';
import { nftRuleset } from '../testing/nft-dump.ts';
import { cluster } from '../testing/node-cluster.ts';

/** The cluster with kube-proxy in another mode; its configuration in YAML or, as some tools write it, in JSON. */
function inMode(mode: string, json = false): readonly KubeObject[] {
  const config = json ? JSON.stringify({ kind: 'KubeProxyConfiguration', mode }, undefined, 2) : `mode: "${mode}"\n`;
  return cluster.map((object) =>
    object.kind === 'ConfigMap' ? ({ ...object, data: { 'config.conf': config } } as KubeObject) : object,
  );
}

const ipvs: readonly KubeObject[] = [
  ...inMode('ipvs'),
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'kubernetes' },
    spec: { cidrs: ['10.96.0.0/16'] },
  } as KubeObject,
];

/** `ipvsadm -Ln` of a sound node: ipvsadm(8). */
const LISTED = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.96.0.10:53 rr
  -> 10.244.0.2:53                Masq    1      0          0
  -> 10.244.1.2:53                Masq    1      0          0
TCP  10.96.1.1:80 rr
  -> 10.244.0.5:8080              Masq    1      3          11
  -> 10.244.1.5:8080              Masq    1      2          9
UDP  10.96.0.10:53 rr
  -> 10.244.0.2:53                Masq    1      0          40
  -> 10.244.1.2:53                Masq    1      0          38
`;

/** The same as `ipvsadm -Sn` writes it. */
const SAVED = LISTED.split('\n')
  .reduce<{ lines: string[]; head: string }>(
    ({ lines, head }, line) => {
      const service = /^(TCP|UDP) +(\S+)/.exec(line);
      const backend = /^ +-> (\d\S+)/.exec(line);
      if (service !== null) {
        const next = `${service[1] === 'TCP' ? '-t' : '-u'} ${service[2]}`;
        return { lines: [...lines, `-A ${next} -s rr`], head: next };
      }
      return { lines: backend === null ? lines : [...lines, `-a ${head} -r ${backend[1]} -m -w 1`], head };
    },
    { lines: [], head: '' },
  )
  .lines.join('\n');

/** The same with counters (`--stats`) instead of weights. */
const COUNTED = LISTED.split('\n')
  .map((line) => line.replace(/Masq +1 +\d+ +\d+/, '  0        0        0        0        0'))
  .join('\n')
  .replace('Forward Weight ActiveConn InActConn', 'Conns   InPkts  OutPkts  InBytes OutBytes');
/** The same with names instead of numbers (without `-n`), as far as they are known. */
const NAMED = LISTED.replaceAll(/:(53|80) rr/g, ':domain rr').replaceAll(':8080', ':http-alt');
const CONNECTIONS = `IPVS connection entries
pro expire state       source             virtual            destination
TCP 14:59  ESTABLISHED 10.244.0.9:38000   10.96.1.1:80       10.244.1.5:8080
`;

/** iptables of a node in this mode: kube-proxy's chains ask sets and lead to no Service. */
const BESIDE = `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-LOAD-BALANCER - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-NODE-PORT - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-SERVICES - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-POSTROUTING -m comment --comment "Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose" -m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
-A KUBE-POSTROUTING -j MASQUERADE --random-fully
-A KUBE-SERVICES -s 127.0.0.0/8 -j RETURN
-A KUBE-SERVICES ! -s 10.244.0.0/16 -m comment --comment "Kubernetes service cluster ip + port for masquerade purpose" -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ
-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT
-A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT
COMMIT
`;

describe('virtual servers', () => {
  it.each([
    ['ipvsadm -Ln', LISTED],
    ['ipvsadm -Sn', SAVED],
    ['ipvsadm -Ln --stats', COUNTED],
    ['with a mark of a firewall', `${LISTED}FWM  1 rr\n  -> 192.0.2.1:80 Masq    1      0          0\n`],
    ['with the iptables of the same node', `${LISTED}\n${BESIDE}`],
    ['with the list of connections', `${LISTED}\n${CONNECTIONS}`],
  ])('sound: %s', async (_, dump) => {
    expect(await ask(dump, ipvs)).toMatchObject(silent);
  });

  it.each([
    ['a Service without a virtual server', without(LISTED, /10\.96\.1\.1:80|:8080/), 'CNI803', 'shop/web'],
    ['an endpoint that is gone', LISTED.replace('10.244.1.5:8080 ', '10.244.1.77:8080'), 'CNI804', '10.244.1.77'],
    ['a ready endpoint that is not known', without(LISTED, '10.244.1.5:8080'), 'CNI804', '10.244.1.5'],
    [
      'a backend of weight 0 that is a ready endpoint',
      LISTED.replace('10.244.1.5:8080              Masq    1', '10.244.1.5:8080              Masq    0'),
      'CNI804',
      '10.244.1.5',
    ],
    ['the same in what ipvsadm saves', without(SAVED, '10.244.1.5:8080'), 'CNI804', '10.244.1.5'],
    ['none at all', LISTED.split('\n').slice(0, 3).join('\n'), 'CNI802', 'ipvs mode'],
  ])('%s', async (_, dump, code, word) => {
    const answer = await ask(dump, ipvs);
    expect(answer.codes).toEqual([code]);
    expect(answer.text).toContain(word);
  });

  it('names and lists of connections are told to be of no use', async () => {
    const named = await ask(NAMED, ipvs);
    expect(named).toMatchObject({ exit: 3, verdict: 'unknown' });
    expect(named.text).toContain('ipvsadm -Ln');
    const listed = await ask(CONNECTIONS, ipvs);
    expect(listed.exit).toBe(2);
    expect(listed.text).toContain('ipvsadm -Lc');
  });

  it('a Service that does not exist any more', async () => {
    const more = (address: string): string => `${LISTED}TCP  ${address}:80 rr\n  -> 10.244.0.5:8080 Masq 1 0 0\n`;
    const answer = await ask(more('10.96.9.9'), ipvs);
    expect(answer.codes).toEqual(['CNI805']);
    // A node port has a virtual server for each address of the node.
    expect(await ask(more('10.1.0.11'), ipvs)).toMatchObject(silent);
  });
});

describe('iptables alone of a node whose Services are elsewhere', () => {
  it.each([
    ['ipvs', ipvs, BESIDE, 'ipvsadm -Ln'],
    [
      'nftables',
      inMode('nftables'),
      '*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-KUBELET-CANARY - [0:0]\nCOMMIT\n',
      'nft list',
    ],
    [
      'nftables, told in JSON',
      inMode('nftables', true),
      '*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-KUBELET-CANARY - [0:0]\nCOMMIT\n',
      'nft list',
    ],
    [
      'nftables, with a chain left over',
      inMode('nftables'),
      '*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\nCOMMIT\n',
      'nft list',
    ],
  ])('mode %s: no fault, and the dump that would tell', async (_, objects, dump, wanted) => {
    const answer = await ask(dump, objects);
    expect(answer).toMatchObject(silent);
    expect(answer.text).toContain(wanted);
  });

  it('the rules of the mode itself are judged', async () => {
    expect(await ask(nftRuleset(), inMode('nftables', true))).toMatchObject(silent);
    expect(await ask(iptablesSave(), inMode('', true))).toMatchObject(silent);
    const none = await ask('table inet guard {\n\tchain c {\n\t}\n}\n', inMode('nftables', true));
    expect(none.codes).toEqual(['CNI802']);
  });
});
