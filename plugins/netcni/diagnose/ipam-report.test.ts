import { describe, expect, it } from 'vitest';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';
import type { Report } from '../../../shared/report/report.ts';
import { snapshotOf } from '../../../shared/testing/builders.ts';
import { told, withSpec } from '../testing/faults/fault.ts';
import { calico } from '../testing/networks/calico.ts';
import { cilium } from '../testing/networks/cilium.ts';
import { flannel } from '../testing/networks/flannel.ts';
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

  describe('of some namespaces only', () => {
    /** The same network, with the pods of one namespace read. */
    const part = (objects: readonly KubeObject[], namespace: string, node?: string): Report =>
      ipamReport(
        createIndex({
          ...snapshotOf(objects.filter((one) => one.kind !== 'Pod' || one.metadata?.namespace === namespace)),
          coverage: [
            ...snapshotOf(objects).coverage.filter(({ kind }) => kind !== 'Pod'),
            { kind: 'Pod', namespace, status: 'ok' },
          ],
        }),
        { source: 'snapshot test', node },
      );
    const nodeRows = ({ sections = [] }: Report): string =>
      JSON.stringify(sections.find((section) => 'title' in section && section.title === 'Nodes'));

    it('says how many the pods hold that were read', () => {
      const report = part(flannel(), 'shop');
      expect(report.verdict).toBe('unknown');
      expect(report.headline).toBe(
        'could not tell: Pods of some namespaces were not collected; those that were read hold 3 of 759 pod addresses on 3 nodes',
      );
      expect(nodeRows(report)).toContain('["n1","253","1+","?","0","10.244.1.0/24"]');
      expect(JSON.stringify(part(flannel(), 'shop', 'n1').sections)).toContain('Held by (of the pods that were read)');
      expect(part(flannel(), 'elsewhere').headline).toBe('could not tell: Pods of some namespaces were not collected');
    });

    it('is sound where blocks of Calico count them', () => {
      const report = part(calico(), 'kube-system');
      expect(report.verdict).toBe('healthy');
      expect(report.headline).toBe('Calico: 3 of 192 pod addresses used on 3 nodes');
      expect(report.notChecked.map(({ reason }) => reason)).toContain('Pods of some namespaces were not collected');
    });

    it('is full where the pods that were read fill the range, and not while all but one are held', () => {
      const small = (size: string): readonly KubeObject[] =>
        flannel().map((one) =>
          one.kind === 'Node' && one.metadata?.name === 'n1'
            ? ({ ...one, spec: { ...(one as { spec?: object }).spec, podCIDR: size, podCIDRs: [size] } } as KubeObject)
            : one,
        );
      expect(part(small('10.244.1.0/30'), 'shop').causes.map(({ code }) => code)).toEqual(['CNI304']);
      expect(part(small('10.244.1.8/29'), 'shop').causes).toEqual([]);
      expect(part(small('10.244.1.8/29'), 'shop').verdict).toBe('unknown');
    });
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
