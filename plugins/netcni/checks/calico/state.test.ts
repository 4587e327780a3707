import { describe, expect, it } from 'vitest';
import type { KubeObject, Node } from '../../../../shared/model/objects.ts';
import { changed, checkObjects, codesOf } from '../../testing/check-objects.ts';
import { annotated, pool } from '../../testing/faults/fault.ts';
import { calico } from '../../testing/networks/calico.ts';
import { custom } from '../../testing/networks/parts.ts';

/** Without a tunnel, and one node in another subnet. */
function apart(): readonly KubeObject[] {
  const objects = pool(calico(), { ipipMode: 'Never', vxlanMode: 'Never' });
  const moved = annotated(objects, 'n3', (own) => ({ ...own, 'projectcalico.org/IPv4Address': '10.0.9.3/24' }));
  return changed<Node>(moved, 'Node', 'n3', (one) => ({
    ...one,
    status: { ...one.status, addresses: [{ type: 'InternalIP', address: '10.0.9.3' }] },
  }));
}

const mesh = (on: boolean) =>
  custom('crd.projectcalico.org/v1', 'BGPConfiguration', 'default', { spec: { nodeToNodeMeshEnabled: on } });

describe('nodes of several subnets without a tunnel', () => {
  it('are told where an empty list of peers left no trace in a recording', () => {
    const report = checkObjects(apart(), { except: { BGPPeer: 'notCollected' } });
    expect(codesOf(report)).toEqual(['CNI404']);
    expect(report.causes[0]?.evidence).toContainEqual({ fact: 'none was read', source: 'BGPPeers' });
  });

  it('are not where peers may not be read, or where there must be some', () => {
    expect(codesOf(checkObjects(apart(), { except: { BGPPeer: 'forbidden' } }))).toEqual([]);
    const peered = checkObjects([...apart(), mesh(false)], { except: { BGPPeer: 'notCollected' } });
    expect(codesOf(peered)).toEqual([]);
    expect(codesOf(checkObjects([...apart(), mesh(true)], { except: { BGPPeer: 'notCollected' } }))).toEqual([
      'CNI404',
    ]);
  });
});
