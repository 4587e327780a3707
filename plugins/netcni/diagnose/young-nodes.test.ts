import { describe, expect, it } from 'vitest';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import type { KubeObject, Node } from '../../../shared/model/objects.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import type { Report } from '../../../shared/report/report.ts';
import { secondsAgo, snapshotOf } from '../../../shared/testing/builders.ts';
import { changed, checkObjects } from '../testing/check-objects.ts';
import { flannel } from '../testing/networks/flannel.ts';
import { checkReport } from './check-report.ts';

/** The node as it stands some seconds after it joined. */
function joined(objects: readonly KubeObject[], name: string, seconds: number): readonly KubeObject[] {
  return changed<Node>(objects, 'Node', name, (node) => ({
    ...node,
    metadata: { ...node.metadata, creationTimestamp: secondsAgo(seconds) },
  }));
}

const NO_NETWORK =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

/** The kubelet says that there is no network, and no pod of the agent is on the node yet. */
function bare(objects: readonly KubeObject[], name: string): readonly KubeObject[] {
  const without = objects.filter(
    (one) => one.kind !== 'Pod' || (one as Pod).spec?.nodeName !== name || one.metadata?.namespace !== 'kube-flannel',
  );
  return changed<Node>(without, 'Node', name, (node) => ({
    ...node,
    status: {
      ...node.status,
      conditions: [
        {
          type: 'Ready',
          status: 'False',
          reason: 'KubeletNotReady',
          message: NO_NETWORK,
          lastTransitionTime: secondsAgo(40),
        },
      ],
    },
  }));
}

const toldOf = ({ notChecked }: Report): readonly string[] =>
  notChecked.map(({ check, reason }) => `${check}: ${reason}`);

describe('a node that has just joined', () => {
  it('and has no network yet is named with its age and its state, and is no fault', () => {
    const report = checkObjects(joined(bare(flannel(), 'n3'), 'n3', 45));
    expect(report.causes).toEqual([]);
    expect(report.verdict).toBe('healthy');
    expect(report.headline).toContain('; node n3 joined 45s ago and is not judged yet');
    expect(toldOf(report)).toEqual([
      expect.stringMatching(/^young nodes: node n3 joined 45s ago and is judged from 3m on; so far .*n3/),
    ]);
    expect(report.data?.nodes).toContainEqual({ name: 'n3', verdict: 'unknown', codes: [] });
  });

  it('is told beside the fault of another', () => {
    const report = checkObjects(joined(bare(bare(flannel(), 'n2'), 'n3'), 'n3', 45));
    expect(report.verdict).toBe('broken');
    expect(report.headline).not.toContain('n3');
    expect(toldOf(report)).toEqual([expect.stringMatching(/^young nodes: node n3 joined 45s ago/)]);
  });

  it('and works is not worth a word', () => {
    const report = checkObjects(joined(flannel(), 'n3', 45));
    expect([report.verdict, report.notChecked]).toEqual(['healthy', []]);
    expect(report.headline).not.toContain('n3');
  });

  it('three minutes later without a network is a fault', () => {
    const report = checkObjects(joined(bare(flannel(), 'n3'), 'n3', 200));
    expect(report.verdict).toBe('broken');
    expect(report.notChecked).toEqual([]);
  });

  it('is asked about by name: could not tell', () => {
    const index = createIndex(snapshotOf(joined(bare(flannel(), 'n3'), 'n3', 45)));
    const of = (node: string): Report => checkReport(index, { source: 'snapshot test', node });
    expect(of('n3').verdict).toBe('unknown');
    expect(of('n3').headline).toMatch(/^could not tell: node n3 joined 45s ago/);
    expect([of('n1').verdict, of('n1').notChecked]).toEqual(['healthy', []]);
  });
});

describe('a cluster that has just been made', () => {
  it('and has no network on any node yet could not be told', () => {
    let objects = flannel();
    for (const name of ['n1', 'n2', 'n3']) objects = joined(bare(objects, name), name, 60);
    const report = checkObjects(objects);
    expect([report.verdict, report.causes]).toEqual(['unknown', []]);
    expect(report.headline).toMatch(/^could not tell: nodes n1, n2 and n3 joined 60s ago/);
    expect(report.notChecked.length).toBe(1);
  });

  it('and works is healthy without a word more', () => {
    let objects = flannel();
    for (const name of ['n1', 'n2', 'n3']) objects = joined(objects, name, 60);
    const report = checkObjects(objects);
    expect([report.verdict, report.notChecked]).toEqual(['healthy', []]);
  });
});
