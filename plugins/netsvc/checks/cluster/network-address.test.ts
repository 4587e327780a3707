import { describe, expect, it } from 'vitest';
import type { KubeObject, Node } from '../../../../shared/model/objects.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { soundWeb } from '../../testing/system-objects.ts';

/** Nodes with these addresses, and those that Flannel announces for them. */
function world(own: Record<string, string>, told: Record<string, string>): readonly KubeObject[] {
  return soundWeb().map((one) => {
    const name = one.metadata?.name ?? '';
    if (one.kind !== 'Node') return one;
    const annotations = {
      'flannel.alpha.coreos.com/backend-type': 'vxlan',
      'flannel.alpha.coreos.com/public-ip': told[name] ?? '',
    };
    const { status } = one as Node;
    return {
      ...one,
      metadata: { ...one.metadata, annotations },
      status: { ...status, addresses: [{ type: 'InternalIP', address: own[name] ?? '' }] },
    } as Node;
  });
}

const OWN = { n1: '10.0.0.1', n2: '10.0.0.2' };

describe('network-agent-sick, and an address of its node that is stale', () => {
  it('names the node that Flannel looks for at its former address, and the endpoints there', () => {
    const report = diagnoseObjects(world(OWN, { ...OWN, n2: '10.0.0.77' }), 'web');
    expect(causeCodes(report)).toEqual(['SVC814']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('for pods of node n2 to 10.0.0.77, but the node has 10.0.0.2: 1 of 2 endpoints');
  });

  it.each([
    ['the address of the node', OWN],
    ['those of another network, on every node', { n1: '192.168.5.1', n2: '192.168.5.2' }],
    ['none', {}],
  ])('is silent where Flannel announces %s', (_, told) => {
    expect(diagnoseObjects(world(OWN, told), 'web').verdict).toBe('healthy');
  });
});
