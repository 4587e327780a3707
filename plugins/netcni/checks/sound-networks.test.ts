import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { checkObjects, codesOf } from '../testing/check-objects.ts';
import { calico, calicoOperator } from '../testing/networks/calico.ts';
import { cilium, gkeDataplane } from '../testing/networks/cilium.ts';
import { awsVpc, azure } from '../testing/networks/clouds.ts';
import { canal, flannel, k3s } from '../testing/networks/flannel.ts';
import { antrea, bridge, kindnet, kubeRouter, ovn, weave } from '../testing/networks/others.ts';

const SOUND: Readonly<Record<string, () => readonly KubeObject[]>> = {
  'Flannel with VXLAN': () => flannel(),
  'Flannel with host-gw': () => flannel('host-gw'),
  'Flannel inside K3s': k3s,
  Canal: canal,
  'Calico of the manifest': calico,
  'Calico of the operator': () => calicoOperator(),
  'Calico with eBPF': () => calicoOperator(true),
  'Cilium beside kube-proxy': () => cilium(),
  'Cilium in its place': () => cilium(true),
  'GKE Dataplane V2': gkeDataplane,
  'Weave Net': weave,
  Antrea: antrea,
  kindnet,
  'kube-router': kubeRouter,
  'AWS VPC CNI': () => awsVpc(),
  'Azure CNI': azure,
  'OVN-Kubernetes behind Multus': ovn,
  'a bridge with static routes': bridge,
};

describe('a sound network gets silence', () => {
  it.each(Object.entries(SOUND))('%s', (_, network) => {
    const report = checkObjects(network());
    expect(report.causes.map(({ code, summary }) => `${code} ${summary}`)).toEqual([]);
    expect(codesOf({ ...report, causes: report.findings })).toEqual([]);
    expect(report.verdict).toBe('healthy');
  });

  it.each(Object.entries(SOUND))('%s, of which only a part may be read, is never called broken', (_, network) => {
    for (const kind of [
      'Node',
      'Pod',
      'DaemonSet',
      'ConfigMap',
      'Event',
      'IPPool',
      'IPAMBlock',
      'CiliumNode',
      'ServiceCIDR',
    ] as const) {
      const report = checkObjects(network(), { except: { [kind]: 'forbidden' } });
      expect(report.causes.map(({ code, summary }) => `${kind}: ${code} ${summary}`)).toEqual([]);
    }
  });
});
