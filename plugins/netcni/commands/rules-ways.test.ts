import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { ask, silent, without } from '../testing/ask-rules.ts';
import { iptablesSave } from '../testing/iptables-dump.ts';
import { cluster, flannelNode } from '../testing/node-cluster.ts';
import { HEALTHY_FDB, HEALTHY_LINKS, HEALTHY_NEIGHBOURS, HEALTHY_ROUTES } from '../testing/node-tools.ts';

/** Flannel as its manifest sets it up. */
function flannel(words: readonly string[], netConf: object = { Network: '10.244.0.0/16', Backend: { Type: 'vxlan' } }) {
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'kube-flannel-ds', namespace: 'kube-flannel', labels: { app: 'flannel' }, uid: 'uid-flannel' },
      spec: {
        selector: { matchLabels: { app: 'flannel' } },
        template: {
          metadata: { labels: { app: 'flannel' } },
          spec: {
            hostNetwork: true,
            containers: [
              {
                name: 'kube-flannel',
                image: 'ghcr.io/flannel-io/flannel:v0.28.4',
                command: ['/opt/bin/flanneld'],
                args: words,
              },
            ],
          },
        },
      },
      status: { desiredNumberScheduled: 2, numberReady: 2 },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-flannel-cfg', namespace: 'kube-flannel' },
      data: { 'net-conf.json': JSON.stringify(netConf) },
    },
  ] as unknown as readonly KubeObject[];
}

const MASQUERADES = flannel(['--ip-masq', '--kube-subnet-mgr']);

describe('what a node sends and hears itself', () => {
  const inFront = (rule: string): string => iptablesSave().replace('-A INPUT -m', `${rule}\n-A INPUT -m`);

  it.each([
    ['probes of its pods', '-A OUTPUT -d 10.244.0.0/16 -j DROP', 'from the node itself, such as probes, to pod'],
    ['answers to them', '-A INPUT -s 10.244.0.0/24 -j DROP', 'answers to the node itself'],
    [
      'its tunnel',
      '-A OUTPUT -p udp -m udp --dport 8472 -j DROP',
      'VXLAN packets of this node to port 8472/UDP of node n2',
    ],
  ])('%s', async (_, rule, words) => {
    const answer = await ask(inFront(rule));
    expect(answer.codes).toEqual(['CNI820']);
    expect(answer.headline).toContain(words);
  });

  it('what only new connections meet lets answers pass', async () => {
    const accepts = '-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT';
    expect(await ask(inFront(`${accepts}\n-A INPUT -s 10.244.0.0/24 -j DROP`))).toMatchObject(silent);
    expect(await ask(inFront('-A INPUT -s 10.244.0.0/24 -p tcp -m tcp --syn -j DROP'))).toMatchObject(silent);
  });

  it('the line that lets packets pass names the table of the rule', async () => {
    const raw = [
      '*raw',
      ':PREROUTING ACCEPT [0:0]',
      ':OUTPUT ACCEPT [0:0]',
      '-A PREROUTING -s 10.244.0.0/16 -j DROP',
      'COMMIT',
      '*nat',
    ];
    const answer = await ask(iptablesSave().replace('*nat', raw.join('\n')));
    expect(answer.codes).toEqual(['CNI820']);
    expect(answer.text).toContain('iptables -t raw -I PREROUTING 1 -s 10.244.0.0/16 -j ACCEPT');
  });
});

describe('pods on their way out of the cluster', () => {
  it('are hidden by Flannel', async () => {
    expect(await ask(iptablesSave(), [...cluster, ...MASQUERADES])).toMatchObject(silent);
  });

  it.each([
    ['its rules are gone', without(iptablesSave(), /^-A FLANNEL-POSTRTG/)],
    ['the jump to them is gone', without(iptablesSave(), /^-A POSTROUTING .*FLANNEL/)],
  ])('%s', async (_, dump) => {
    const answer = await ask(dump, [...cluster, ...MASQUERADES]);
    expect(answer).toMatchObject({ verdict: 'broken', codes: ['CNI838'] });
    expect(answer.headline).toContain('node n1');
    // Without --ip-masq somebody else does it, or nobody needs it.
    expect(await ask(dump, [...cluster, ...flannel(['--kube-subnet-mgr'])])).toMatchObject(silent);
  });

  it('a rule of somebody else hides them as well', async () => {
    const own = without(iptablesSave(), /^-A FLANNEL-POSTRTG/).replace(
      '-A POSTROUTING -m',
      '-A POSTROUTING -s 10.244.0.0/16 ! -o cni0 -j MASQUERADE\n-A POSTROUTING -m',
    );
    expect(await ask(own, [...cluster, ...MASQUERADES])).toMatchObject(silent);
  });
});

describe('routes', () => {
  it.each([
    ['to one pod of another node: a blackhole', 'blackhole 10.244.1.5', 'CNI830', 'drops packets to them'],
    ['to one pod of another node: by somebody else', '10.244.1.5 via 10.1.0.99 dev eth0', 'CNI831', '10.1.0.99'],
    ['to ClusterIPs: a blackhole', 'blackhole 10.96.0.0/16', 'CNI833', 'is in the way'],
    ['to its own pods by two bridges', '10.244.0.0/24 dev br9 proto kernel scope link src 10.244.0.1', 'CNI834', 'br9'],
  ])('%s', async (_, route, code, words) => {
    const answer = await ask(`${HEALTHY_ROUTES}${route}\n`);
    expect(answer.codes).toEqual([code]);
    expect(answer.headline).toContain(words);
    if (route.startsWith('blackhole')) expect(answer.text).toContain(`ip route del ${route}`);
  });

  it('to its own pods by a gateway of the network outside', async () => {
    const away = HEALTHY_ROUTES.replace(/10\.244\.0\.0\/24 .*/, '10.244.0.0/24 via 10.1.0.77 dev eth0');
    const answer = await ask(away);
    expect(answer.codes).toEqual(['CNI832']);
    expect(answer.headline).toContain('10.244.0.0/24 via 10.1.0.77 dev eth0');
  });

  it('to addresses of another node that no pod has, or by that node, are nobody’s fault', async () => {
    expect(await ask(`${HEALTHY_ROUTES}blackhole 10.244.1.77\n`)).toMatchObject(silent);
    expect(await ask(`${HEALTHY_ROUTES}10.244.1.5 via 10.1.0.12 dev eth0\n`)).toMatchObject(silent);
  });

  it('no default route: the node itself reaches no Service', async () => {
    const answer = await ask(without(HEALTHY_ROUTES, 'default'));
    expect(answer).toMatchObject({ codes: ['CNI833'], verdict: 'degraded' });
    expect(await ask(HEALTHY_ROUTES.split('\n').slice(2).join('\n'))).toMatchObject(silent);
  });
});

describe('links and tunnels', () => {
  it('the interface of one pod switched off', async () => {
    const answer = await ask(HEALTHY_LINKS.replace(/(veth\S+ <BROADCAST,MULTICAST),UP,LOWER_UP/, '$1'));
    expect(answer.codes).toEqual(['CNI835']);
    expect(answer.headline).toContain('veth12ab34cd of a pod is down');
  });

  it('a tunnel without any neighbour', async () => {
    const answer = await ask(
      `${without(HEALTHY_NEIGHBOURS, 'flannel.1')}10.244.0.5 dev cni0 lladdr aa:00:00:00:00:02 STALE\n`,
    );
    expect(answer.codes).toEqual(['CNI840']);
    expect(await ask(without(HEALTHY_NEIGHBOURS, 'flannel.1'))).toMatchObject(silent);
  });

  it('a tunnel on another port than the configured one', async () => {
    const port = flannel(['--ip-masq'], { Network: '10.244.0.0/16', Backend: { Type: 'vxlan', Port: 4789 } });
    expect((await ask(HEALTHY_LINKS, [...cluster, ...port])).codes).toEqual(['CNI839']);
    expect(await ask(HEALTHY_LINKS.replace('8472', '4789'), [...cluster, ...port])).toMatchObject(silent);
    expect(await ask(HEALTHY_LINKS + HEALTHY_FDB, [...cluster, ...MASQUERADES, flannelNode('n1')])).toMatchObject(
      silent,
    );
  });
});
