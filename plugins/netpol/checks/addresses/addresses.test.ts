import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import { namespace, networkPolicy, node, pod, service } from '../../../../shared/testing/builders.ts';
import { codesOf, found, lintObjects } from '../../testing/lint-objects.ts';

const around: readonly KubeObject[] = [
  namespace('shop'),
  node('n1'),
  pod('web-1', { ip: '10.244.1.7' }),
  service('web', { clusterIP: '10.96.0.99', clusterIPs: ['10.96.0.99'] }),
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'kubernetes' },
    spec: { cidrs: ['10.96.0.0/16'] },
  } as KubeObject,
];

function blockPolicy(cidr: string) {
  return networkPolicy('p', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr } }] }] });
}

function egressTo(cidr: string, cni = 'calico') {
  return lintObjects([...around, blockPolicy(cidr)], { cni });
}

/** Without what is said about DNS. */
const codes = (cidr: string) => codesOf(egressTo(cidr)).filter((code) => !code.startsWith('POL22'));

describe('blocks that hold addresses of the cluster', () => {
  it('names the Service of a ClusterIP and means its pods', () => {
    const finding = found(egressTo('10.96.0.99/32'), 'POL332');
    expect(finding?.summary).toContain('the address of Service shop/web: policies see the pods behind a Service');
    expect(finding?.fixes[0]?.title).toBe('mean the pods behind it, which listen on 8080');
    expect(finding?.fixes[0]?.command).toContain('"podSelector":{"matchLabels":{"app":"web"}}');
  });

  it('tells a part of the Service range, and a part of the pod range', () => {
    expect(codes('10.96.0.0/20')).toEqual(['POL332 warning likely']);
    expect(codes('10.244.1.0/28')).toEqual(['POL331 warning likely']);
    expect(found(egressTo('10.244.1.0/28', 'cilium'), 'POL331')?.summary).toContain(
      'this plugin does not compare pods with blocks',
    );
  });

  it('tells a block of ClusterIPs where the range of Services is not known', () => {
    const unknown = around.filter(({ kind }) => (kind as string) !== 'ServiceCIDR');
    const found332 = (cidr: string) =>
      codesOf(lintObjects([...unknown, blockPolicy(cidr)])).filter((code) => code.startsWith('POL332'));
    expect(found332('10.96.0.0/16')).toEqual(['POL332 warning likely']);
    expect(found332('10.97.0.0/16')).toEqual([]);
    expect(found332('10.0.0.0/8')).toEqual([]);
  });

  it('notes the range of all pods, which does nothing where the plugin compares no pods', () => {
    expect(codes('10.244.0.0/16')).toEqual(['POL331 info possible']);
    expect(found(egressTo('10.244.0.0/16', 'cilium'), 'POL331')).toMatchObject({
      severity: 'warning',
      summary: expect.stringContaining('1 pod: shop/web-1; this plugin does not compare pods with blocks'),
    });
    const inside = node('n2', true, { status: { addresses: [{ type: 'InternalIP', address: '10.244.9.9' }] } });
    // Nodes in it: a network of the organisation.
    expect(
      codesOf(lintObjects([...around, inside, blockPolicy('10.244.0.0/16')])).filter((code) =>
        code.startsWith('POL331'),
      ),
    ).toEqual([]);
  });

  it('notes nodes', () => {
    expect(codes('10.123.0.2/32')).toEqual(['POL333 info possible']);
  });

  it('is silent for the outside, and for networks that hold the cluster by the way', () => {
    for (const cidr of ['203.0.113.0/24', '0.0.0.0/0', '10.0.0.0/8', '::/0']) expect(codes(cidr)).toEqual([]);
  });
});
