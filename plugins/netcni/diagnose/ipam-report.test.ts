import { describe, expect, it } from 'vitest';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';
import type { Report } from '../../../shared/report/report.ts';
import { snapshotOf } from '../../../shared/testing/builders.ts';
import { told, withSpec } from '../testing/faults/fault.ts';
import { cilium } from '../testing/networks/cilium.ts';
import { kubeOvn, ovn } from '../testing/networks/others.ts';
import { ipamReport } from './ipam-report.ts';

function ipam(objects: readonly KubeObject[]): Report {
  return ipamReport(createIndex(snapshotOf(objects)), { source: 'snapshot test', node: undefined });
}

describe('ipam', () => {
  it('counts the subnets that OVN gave the nodes', () => {
    expect(ipam(ovn()).headline).toBe('OVN-Kubernetes: 3 of 1527 pod addresses used on 3 nodes');
  });

  it('counts the subnet of Kube-OVN, and tells that it is used up', () => {
    expect(ipam(kubeOvn()).headline).toBe('Kube-OVN: 3 of 65003 addresses of Subnet ovn-default used');
    const full = ipam([...kubeOvn(0, 253), ...told('n1', 'AcquireAddressFailed', 'error=NoAvailableAddress')]);
    expect(full.causes.map(({ code }) => code)).toEqual(['CNI703']);
    expect(full.causes[0]?.fixes[0]?.command).toContain('grep ovn-default');
    expect(JSON.stringify(full.sections)).toContain('"Subnet ovn-default","253","253"');
  });

  it('tells what the operator of Cilium says of a node', () => {
    const node = withSpec(cilium(), 'CiliumNode', 'n3', { ipam: {} }).map((one) =>
      one.kind === 'CiliumNode' && one.metadata?.name === 'n3'
        ? ({
            ...one,
            status: { ipam: { 'operator-status': { error: 'all CIDR ranges are exhausted' } } },
          } as KubeObject)
        : one,
    );
    expect(ipam(node).causes.map(({ code }) => code)).toEqual(['CNI502']);
    expect(ipam(cilium()).causes).toEqual([]);
  });
});
