import { describe, expect, it } from 'vitest';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { event, pod, secondsAgo, snapshotOf } from '../../../shared/testing/builders.ts';
import { flannel } from '../testing/networks/flannel.ts';
import { waitingPod } from '../testing/networks/parts.ts';
import { podReport } from './pod-report.ts';

function ask(one: Pod, ...more: Parameters<typeof snapshotOf>[0][number][]) {
  return podReport(createIndex(snapshotOf([...flannel(), one, ...more])), one, 'snapshot test');
}

const unplaced = pod('api-1', {
  node: '',
  ready: false,
  status: {
    phase: 'Pending',
    podIP: '',
    podIPs: [],
    containerStatuses: [],
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: '0/3 nodes are available: 3 Insufficient cpu.',
        lastTransitionTime: secondsAgo(300),
      },
    ],
  },
});

describe('a pod that has no network yet for a reason beside the network', () => {
  it('is not placed on any node', () => {
    const { causes, headline } = ask(unplaced);
    expect(causes.map(({ code }) => code)).toEqual(['CNI317']);
    expect(headline).toContain('pod shop/api-1 has no network yet because it is not on any node yet');
    expect(headline).toContain('Insufficient cpu');
  });

  it('waits for a volume', () => {
    const waiting = waitingPod('api-1', 'n2');
    const said = 'MountVolume.SetUp failed for volume "data" : mount failed: exit status 32';
    const { causes, headline } = ask(waiting, event(waiting, 'FailedMount', said));
    expect(causes.map(({ code }) => code)).toEqual(['CNI317']);
    expect(headline).toContain('a volume cannot be mounted');
  });

  it('and one that has its address is told with it', () => {
    const { verdict, headline } = ask(pod('fine', { node: 'n2', ip: '10.244.2.33' }));
    expect(verdict).toBe('healthy');
    expect(headline).toContain('10.244.2.33');
  });
});
