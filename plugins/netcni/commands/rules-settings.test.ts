import { describe, expect, it } from 'vitest';
import type { KubeObject, Node } from '../../../shared/model/objects.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { ask, silent } from '../testing/ask-rules.ts';
import { changed } from '../testing/check-objects.ts';
import { calico } from '../testing/networks/calico.ts';
import { cilium } from '../testing/networks/cilium.ts';
import { awsVpc } from '../testing/networks/clouds.ts';
import { bridge as byHand, kindnet } from '../testing/networks/others.ts';
import { crashing } from '../testing/networks/parts.ts';
import { cluster } from '../testing/node-cluster.ts';

/** As many settings as `sysctl -a` prints of TCP alone. */
const MANY = Array.from({ length: 120 }, (_, at) => `net.ipv4.tcp_setting${at} = 1\n`).join('');
const BRIDGED = 'net.bridge.bridge-nf-call-iptables = 1\n';

const calicoDown = changed<Pod>(calico(), 'Pod', 'calico-node-n1', (pod) => crashing(pod, 'exit'));
const dual = cluster.map((object) =>
  object.kind === 'Node'
    ? ({ ...object, spec: { podCIDRs: [(object as Node).spec?.podCIDR ?? '', 'fd00:10:244::/64'] } } as KubeObject)
    : object,
);

describe('settings of a node that break its pods', () => {
  it.each([
    ['no forwarding at all', cluster, 'net.ipv4.ip_forward = 0\n', 'CNI870', 'sysctl -w net.ipv4.ip_forward=1'],
    ['none for what pods send', cluster, 'net.ipv4.conf.cni0.forwarding = 0\n', 'CNI870', 'come in by cni0'],
    ['none by the tunnel', cluster, 'net.ipv4.conf.flannel/1.forwarding = 0\n', 'CNI870', 'flannel.1'],
    ['none of IPv6', dual, 'net.ipv6.conf.all.forwarding = 0\n', 'CNI870', 'IPv6'],
    ['IPv6 switched off', dual, 'net.ipv6.conf.all.disable_ipv6 = 1\n', 'CNI873', 'disable_ipv6=0'],
    [
      'a bridge that rules do not see',
      cluster,
      'net.bridge.bridge-nf-call-iptables = 0\n',
      'CNI871',
      'call-iptables=1',
    ],
    [
      'a bridge that nobody in the cluster made',
      byHand(),
      'net.ipv4.conf.cni0.rp_filter = 0\nnet.bridge.bridge-nf-call-iptables = 0\n',
      'CNI871',
      'n1',
    ],
    ['a module that is not loaded', cluster, MANY, 'CNI871', 'modprobe br_netfilter'],
    [
      'strict reverse paths on interfaces of Cilium',
      cilium(true),
      'net.ipv4.conf.all.rp_filter = 0\nnet.ipv4.conf.lxc12ab.rp_filter = 1\n',
      'CNI872',
      'net.ipv4.conf.lxc*.rp_filter = 0',
    ],
    [
      'strict ones for all',
      cilium(true),
      'net.ipv4.conf.all.rp_filter = 1\nnet.ipv4.conf.lxc1.rp_filter = 0\n',
      'CNI872',
      'n1',
    ],
    ['loose ones, with Felix down', calicoDown, 'net.ipv4.conf.all.rp_filter = 2\n', 'CNI872', 'rp_filter=1'],
    ['strict ones on EC2', awsVpc(), 'net.ipv4.conf.eth0.rp_filter = 1\n', 'CNI872', 'node ports'],
  ])('%s', async (_, objects, dump, code, said) => {
    const answer = await ask(dump, objects);
    expect(answer.codes).toEqual([code]);
    expect(answer.text).toContain(said);
  });

  it.each([
    ['all as it should be', cluster, `${MANY}${BRIDGED}net.ipv4.ip_forward = 1\nnet.ipv4.conf.cni0.forwarding = 1\n`],
    ['a few settings picked out', cluster, 'net.ipv4.ip_forward = 1\n'],
    ['an interface that pods do not use', cluster, 'net.ipv4.conf.docker0.forwarding = 0\n'],
    ['no bridge, so no module is needed', kindnet(), MANY],
    ['no bridge that is known', byHand(), 'net.bridge.bridge-nf-call-iptables = 0\n'],
    ['Services outside of the rules', cilium(true), 'net.bridge.bridge-nf-call-iptables = 0\n'],
    ['IPv6 switched off where nobody uses it', cluster, 'net.ipv6.conf.all.disable_ipv6 = 1\n'],
    [
      'loose reverse paths of Cilium',
      cilium(true),
      'net.ipv4.conf.all.rp_filter = 2\nnet.ipv4.conf.lxc1.rp_filter = 1\n',
    ],
    ['loose ones that Felix bears', calico(), 'net.ipv4.conf.all.rp_filter = 2\n'],
    ['loose ones on EC2', awsVpc(), 'net.ipv4.conf.all.rp_filter = 1\nnet.ipv4.conf.eth0.rp_filter = 2\n'],
    ['strict ones of Flannel', cluster, 'net.ipv4.conf.all.rp_filter = 1\n'],
  ])('silent: %s', async (_, objects, dump) => {
    expect(await ask(dump, objects)).toMatchObject(silent);
  });
});
