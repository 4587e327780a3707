import { describe, expect, it } from 'vitest';
import type { Condition } from '../../../../../shared/model/objects.ts';
import type { ContainerStatus, Pod } from '../../../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../../../shared/model/objects-workload.ts';
import { ended, podWith, running, waiting } from '../../../../../shared/testing/broken-pods.ts';
import { deployment, pod, secondsAgo, service, slicesFor, workload } from '../../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../../testing/diagnose-objects.ts';

const web = service('web');

function initializing(status: Partial<ContainerStatus>, name = 'web-6f9c-a'): Pod {
  return podWith(
    name,
    { state: waiting('PodInitializing') },
    {
      of: 'web',
      spec: {
        initContainers: [
          { name: 'prepare', image: 'example/tool:1' },
          { name: 'migrate', image: 'example/tool:1', command: ['sh', '-c', 'until nslookup db; do sleep 2; done'] },
        ],
      },
      status: {
        conditions: [
          { type: 'PodReadyToStartContainers', status: 'True' },
          { type: 'Initialized', status: 'False', reason: 'ContainersNotInitialized' },
          { type: 'Ready', status: 'False', lastTransitionTime: secondsAgo(300) },
          { type: 'ContainersReady', status: 'False' },
          { type: 'PodScheduled', status: 'True' },
        ],
        initContainerStatuses: [
          { name: 'prepare', ready: true, restartCount: 0, state: ended(0, 'Completed') },
          { name: 'migrate', ready: false, restartCount: 0, ...status },
        ],
      },
    },
  );
}

describe('init-container', () => {
  it('names which of them fails, and how', () => {
    const made = initializing({ state: waiting('CrashLoopBackOff'), lastState: ended(3, 'Error'), restartCount: 5 });
    const report = diagnoseObjects([web, deployment('web'), made], 'web');
    expect(causeCodes(report)).toEqual(['SVC232']);
    expect(report.headline).toBe(
      'init container migrate (2 of 2) fails in pod web-6f9c-a of Deployment web (CrashLoopBackOff): exit code 3, 5 restarts',
    );
  });

  it('names the one that does not end, and what it runs', () => {
    const made = initializing({ state: running(240), started: true });
    const report = diagnoseObjects([web, deployment('web'), made], 'web', {
      logs: [{ namespace: 'shop', pod: 'web-6f9c-a', container: 'migrate', previous: false, text: 'waiting for db\n' }],
    });
    expect(causeCodes(report)).toEqual(['SVC233']);
    expect(report.headline).toContain('init container migrate (2 of 2) has not ended in pod web-6f9c-a');
    const facts = report.causes[0]?.evidence.map((entry) => entry.fact) ?? [];
    expect(facts).toContain('waiting for db');
    expect(facts.some((fact) => fact.includes('until nslookup db'))).toBe(true);
  });

  describe('that waits for a Job', () => {
    const waits = initializing({ state: running(240), started: true });
    const text = 'waiting for job/db-migrate\n';
    const logs = [{ namespace: 'shop', pod: 'web-6f9c-a', container: 'migrate', previous: false, text }];
    const judge = (jobs: readonly Workload[]) =>
      diagnoseObjects([web, deployment('web'), waits, ...jobs], 'web', { logs });
    const job = (conditions: readonly Condition[]): Workload => ({
      ...workload('Job', 'db-migrate', { app: 'db-migrate' }),
      status: { conditions },
    });

    it.each([
      [
        'has Failed (BackoffLimitExceeded: limit)',
        [job([{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: 'limit' }])],
      ],
      ['has not completed', [job([])]],
      ['does not exist', []],
    ])('which %s', (state, jobs) => {
      const report = judge(jobs);
      expect(report.headline).toContain(`; it waits for Job db-migrate, which ${state}`);
      expect(report.causes[0]?.evidence.map(({ fact }) => fact).join('\n')).toContain('Job db-migrate');
    });

    it('whose pod is told, and not a pod without an owner, in files without uids', () => {
      const { metadata, ...rest } = job([]);
      const { uid: _, ...bare } = metadata ?? {};
      const status = { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message: 'no room' }] };
      const stray = pod('stray', { labels: { app: 'stray' }, status });
      const own = pod('db-migrate-x', {
        labels: { app: 'db-migrate' },
        meta: { ownerReferences: [{ kind: 'Job', name: 'db-migrate', controller: true }] },
        status: { ...status, conditions: [{ type: 'PodScheduled', status: 'False', message: 'no node' }] },
      });
      const told = (more: readonly Pod[]) =>
        diagnoseObjects([web, deployment('web'), waits, { ...rest, metadata: bare }, ...more], 'web', {
          logs,
        }).causes[0]?.evidence.map(({ fact }) => fact);
      expect(told([own, stray])).toContain('no node');
      expect(told([stray])).not.toContain('no room');
    });

    it('and one that has completed is not blamed', () => {
      expect(judge([job([{ type: 'Complete', status: 'True' }])]).headline).not.toContain('Job');
    });
  });

  it('tells an image that is missing as such, with the place of the init container', () => {
    const made = initializing({ state: waiting('ImagePullBackOff', 'example/tool:1: not found') });
    const report = diagnoseObjects([web, deployment('web'), made], 'web');
    expect(causeCodes(report)).toEqual(['SVC222']);
    expect(report.headline).toContain('of init container migrate (2 of 2)');
  });

  it('gives init containers some minutes while other pods serve', () => {
    const pods = [pod('web-1'), initializing({ state: running(120), started: true })];
    const report = diagnoseObjects([web, deployment('web'), ...pods, ...slicesFor(web, pods)], 'web');
    expect(report.verdict).toBe('healthy');
    expect(report.findings.map((finding) => finding.code)).toContain('SVC233');
  });

  it('stays silent when they have ended', () => {
    const made = pod('web-1', {
      spec: { initContainers: [{ name: 'migrate' }] },
      status: { initContainerStatuses: [{ name: 'migrate', ready: true, state: ended(0, 'Completed') }] },
    });
    expect(diagnoseObjects([web, made, ...slicesFor(web, [made])], 'web').verdict).toBe('healthy');
  });
});
