import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { checkObjects, codesOf } from '../testing/check-objects.ts';
import { calico, calicoOperator } from '../testing/networks/calico.ts';
import { cilium, gkeDataplane } from '../testing/networks/cilium.ts';
import { aksNodeSubnet, awsVpc, azure, eksAuto, eksOfAllSorts, gkeWithCalico } from '../testing/networks/clouds.ts';
import { canal, flannel, k3s, k3sWithCilium, rke2 } from '../testing/networks/flannel.ts';
import {
  antrea,
  bridge,
  kindnet,
  kubenet,
  kubeOvn,
  kubeOvnWhole,
  kubeRouter,
  ovn,
  weave,
} from '../testing/networks/others.ts';
import { VARIATIONS } from '../testing/variations.ts';

const SOUND: Readonly<Record<string, () => readonly KubeObject[]>> = {
  'Flannel with VXLAN': () => flannel(),
  'Flannel with host-gw': () => flannel('host-gw'),
  'Flannel inside K3s': k3s,
  'Cilium in the place of the Flannel of K3s': k3sWithCilium,
  Canal: canal,
  'Canal of RKE2': rke2,
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
  'EKS Auto Mode': eksAuto,
  'EKS nodes of all sorts': eksOfAllSorts,
  'Azure CNI': azure,
  'Azure CNI in the subnet of the nodes': aksNodeSubnet,
  'GKE with Calico for policies': gkeWithCalico,
  'OVN-Kubernetes behind Multus': ovn,
  'Kube-OVN': () => kubeOvn(),
  'Kube-OVN with Open vSwitch': kubeOvnWhole,
  kubenet,
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

  it.each(Object.entries(VARIATIONS))('with %s beside any plugin', (_, vary) => {
    for (const [name, network] of Object.entries(SOUND)) {
      const report = checkObjects(vary(network()));
      const told = [...report.causes, ...report.findings].filter(({ code, severity, summary }) => {
        // Of a node that is being taken away a word is said, which is no fault.
        return !(code === 'CNI201' && severity === 'info' && summary.includes('being taken away'));
      });
      expect(told.map(({ code, summary }) => `${name}: ${code} ${summary}`)).toEqual([]);
      expect(report.verdict).toBe('healthy');
    }
  });
});
