import { describe, expect, it } from 'vitest';
import { checkObjects } from '../testing/check-objects.ts';
import { NETWORK_FAULTS } from '../testing/faults/all.ts';
import { ipv6Only } from '../testing/ipv6-only.ts';
import { calico, calicoOperator } from '../testing/networks/calico.ts';
import { cilium } from '../testing/networks/cilium.ts';
import { flannel } from '../testing/networks/flannel.ts';
import { antrea, bridge, kindnet, kubenet, kubeOvn, kubeRouter, ovn } from '../testing/networks/others.ts';

const SOUND = {
  'Flannel with VXLAN': () => flannel(),
  'Flannel with host-gw': () => flannel('host-gw'),
  'Calico of the manifest': calico,
  'Calico of the operator': () => calicoOperator(),
  'Cilium beside kube-proxy': () => cilium(),
  'Cilium in its place': () => cilium(true),
  'a bridge with static routes': bridge,
  kindnet,
  kubenet,
  'kube-router': kubeRouter,
  Antrea: antrea,
  'OVN-Kubernetes': ovn,
  'Kube-OVN': () => kubeOvn(),
};

/** Faults of addresses and ranges, which IPv6 has as well. */
const FAULTS = [
  'flannel: tunnels of two numbers',
  'flannel: announces an address that is gone',
  'flannel: pods with addresses of another range',
  'flannel: Network is not the cluster range',
  'calico: no tunnel between subnets',
  'calico: two nodes have one address for BGP',
  'kube-ovn: subnet nearly used up',
  'kube-ovn: subnet used up, and the controller says so of a pod',
  'addresses: a node nearly full',
  'addresses: a range smaller than maxPods',
  'addresses: leaked in blocks',
  'cilium: two nodes have one range',
  'kindnet: two nodes have one InternalIP',
] as const;

describe('a cluster of IPv6 alone', () => {
  it.each(Object.entries(SOUND))('is silent when sound: %s', (_, network) => {
    const { verdict, causes, findings } = checkObjects(ipv6Only(network()));
    expect([verdict, ...[...causes, ...findings].map(({ code, summary }) => `${code} ${summary}`)]).toEqual([
      'healthy',
    ]);
  });

  it('host-gw announces the empty address of the family that it does not carry', () => {
    const objects = ipv6Only(flannel('host-gw')).map((object) =>
      object.kind === 'Node'
        ? {
            ...object,
            metadata: {
              ...object.metadata,
              annotations: { ...object.metadata?.annotations, 'flannel.alpha.coreos.com/public-ip': '0.0.0.0' },
            },
          }
        : object,
    );
    const { verdict, causes } = checkObjects(objects);
    expect([verdict, ...causes.map(({ code, summary }) => `${code} ${summary}`)]).toEqual(['healthy']);
  });

  it.each(FAULTS)('has the same first cause: %s', (name) => {
    const fault = NETWORK_FAULTS[name];
    const [first] = checkObjects(ipv6Only(fault?.objects() ?? [])).causes;
    expect(`${first?.code} ${first?.summary}`).toContain(fault?.code);
  });
});
