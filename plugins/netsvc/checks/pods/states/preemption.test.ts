import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../../../shared/model/objects-pod.ts';
import { unschedulable } from '../../../../../shared/testing/broken-pods.ts';
import { deployment, event, node, ownedBy, pod, service, workload } from '../../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../../testing/diagnose-objects.ts';
import { allocatable, ask, TAIL } from '../../../testing/pending.ts';

const FULL = `0/1 nodes are available: 1 Insufficient cpu.${TAIL}`;
const containers = [{ name: 'app', resources: { requests: { cpu: '2' } } }];
const waits = unschedulable('web-6f9c-a', FULL, { of: 'web', containers, meta: { generateName: 'web-6f9c-' } });
const gone = event(pod('web-6f9c-z'), 'Preempted', 'Preempted by pod 0a1b on node n1');

/** For it the scheduler made room. */
function victor(owner: Pod['metadata'] = {}, status: Pod['status'] = { phase: 'Running' }): Pod {
  const made = pod('batch-1', {
    meta: { namespace: 'jobs', uid: '0a1b', ...owner },
    spec: { priorityClassName: 'high' },
  });
  return { ...made, status: { ...made.status, ...status } };
}

const batch = deployment('batch', { app: 'batch' }, { replicas: 3 }, { namespace: 'jobs' });

describe('pods that the scheduler took away for others', () => {
  it('are told by their event', () => {
    const report = ask(waits, allocatable('n1', '4'), gone);
    expect(report.causes[0]?.evidence.map(({ fact }) => fact).join()).toContain('Preempted by pod 0a1b on node n1');
  });

  it('and for whom, in whatever namespace, with the way to take the room back', () => {
    const { causes, headline } = ask(
      waits,
      allocatable('n1', '4'),
      gone,
      batch,
      victor(ownedBy('Deployment', 'batch')),
    );
    expect(headline).toBe(
      'Pod web-6f9c-a of Deployment web cannot be scheduled (Pending): the scheduler took the former pod from n1 for Deployment jobs/batch (priority class high); 0/1 nodes are available: 1 Insufficient cpu',
    );
    const fixes = causes[0]?.fixes.map(({ command, undo }) => [command, undo]);
    expect(fixes?.slice(0, 2)).toEqual([
      ['kubectl scale deployment/batch -n jobs --replicas=2', 'kubectl scale deployment/batch -n jobs --replicas=3'],
      [
        `kubectl patch deployment web -n shop -p '{"spec":{"template":{"spec":{"priorityClassName":"high"}}}}'`,
        `kubectl patch deployment web -n shop -p '{"spec":{"template":{"spec":{"priorityClassName":null}}}}'`,
      ],
    ]);
  });

  it('a Job is told to stand still', () => {
    const { causes } = ask(waits, allocatable('n1', '4'), gone, victor(ownedBy('Job', 'train')));
    expect(causes[0]?.fixes[0]?.command).toBe(`kubectl patch job train -n jobs -p '{"spec":{"suspend":true}}'`);
  });

  it('of a StatefulSet, whose pods keep their name', () => {
    const db = unschedulable('db-0', FULL, { containers, labels: { app: 'db' }, meta: ownedBy('StatefulSet', 'db') });
    const set = workload('StatefulSet', 'db', { app: 'db' });
    const lost = event(pod('db-0'), 'Preempted', 'Preempted by pod 0a1b on node n1');
    const other = event(pod('db-01'), 'Preempted', 'Preempted by pod ffff on node n2');
    const objects = [service('db', { selector: { app: 'db' } }), set, db, lost, other, victor(), node('n1')];
    expect(diagnoseObjects(objects, 'db').headline).toContain('took the former pod from n1 for Pod jobs/batch-1');
  });

  it('without events, by the mark on a pod that is about to go and the node reserved for another', () => {
    const mark = { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' };
    const going = pod('web-6f9c-z', {
      labels: { app: 'web', 'pod-template-hash': '6f9c' },
      meta: { ...ownedBy('ReplicaSet', 'web-6f9c'), deletionTimestamp: '2026-03-01T12:00:20Z' },
      status: { phase: 'Running', conditions: [mark] },
    });
    const reserved = victor({}, { phase: 'Pending', nominatedNodeName: 'n1' });
    expect(ask(waits, allocatable('n1', '4'), going, reserved).headline).toContain(
      'the scheduler took the former pod from n1 for Pod jobs/batch-1 (priority class high)',
    );
    expect(ask(waits, allocatable('n1', '4'), going, victor()).headline).not.toContain('took the former pod');
  });
});
