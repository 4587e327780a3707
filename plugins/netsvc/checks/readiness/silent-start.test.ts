import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import type { Container } from '../../../../shared/model/objects-pod.ts';
import { unready } from '../../../../shared/testing/broken-pods.ts';
import {
  deployment,
  event,
  pod,
  type SnapshotOptions,
  secondsAgo,
  service,
  slicesFor,
  workload,
} from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web');
const often = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 2 };
const refused = 'Get "http://10.1.1.1:8080/healthz": dial tcp 10.1.1.1:8080: connect: connection refused';

/** A pod that started so many seconds ago and refuses its probe since then. */
function refusing(
  started: number,
  spec: Partial<Container> = {},
  name = 'web-6f9c-a',
): readonly [KubeObject, KubeObject] {
  const made = unready(name, { readinessProbe: often, ...spec }, { of: 'web', age: started + 2, started });
  return [made, event(made, 'Unhealthy', `Readiness probe failed: ${refused}`, { count: 9 })];
}

function ask(objects: readonly KubeObject[], options: SnapshotOptions = {}) {
  return diagnoseObjects([web, deployment('web'), ...objects], 'web', options);
}

/** A Ready pod of the revision before, which took so many seconds to become so. */
function served(took: number, name = 'web-5c4d-a') {
  const made = pod(name, {
    labels: { app: 'web', 'pod-template-hash': '5c4d' },
    meta: { ownerReferences: [{ kind: 'ReplicaSet', name: 'web-5c4d', controller: true }] },
  });
  const statuses = (made.status?.containerStatuses ?? []).map((status) => ({
    ...status,
    state: { running: { startedAt: secondsAgo(900 + took) } },
  }));
  const conditions = (made.status?.conditions ?? []).map((one) => ({ ...one, lastTransitionTime: secondsAgo(900) }));
  return {
    ...made,
    status: { ...made.status, startTime: secondsAgo(901 + took), containerStatuses: statuses, conditions },
  };
}

describe('a server that refuses and says nothing', () => {
  it('starts for a minute, and is broken after it', () => {
    const early = ask(refusing(45));
    expect(causeCodes(early)).toEqual(['SVC313']);
    expect(early.verdict).toBe('degraded');
    expect(early.headline).toContain(
      'pod web-6f9c-a of Deployment web: starting, for 45s; readiness probe http-get :8080/healthz',
    );
    expect(early.headline).toContain('has not passed (connection refused on port 8080)');
    const late = ask(refusing(65));
    expect(causeCodes(late)).toEqual(['SVC302']);
    expect(late.verdict).toBe('broken');
  });

  it('is broken at once where something explains it', () => {
    const args = ['nginx', '--port=9090'];
    expect(causeCodes(ask(refusing(45, { args })))).toEqual(['SVC402']);
    expect(causeCodes(ask(refusing(45, { ports: [{ containerPort: 9090 }] })))[0]).toBe('SVC308');
    const log = (text: string) => ({
      logs: [{ namespace: 'shop', pod: 'web-6f9c-a', container: 'app', previous: false, text }],
    });
    expect(causeCodes(ask(refusing(45), log('GET /healthz\n')))).toEqual(['SVC313']);
    expect(causeCodes(ask(refusing(45), log('ready to take connections\n')))).toEqual(['SVC302']);
    expect(causeCodes(ask(refusing(45), log('cannot bind: no such device\n')))).toEqual(['SVC302']);
    expect(causeCodes(ask(refusing(45), { orLater: true }))).toEqual(['SVC302']);
  });

  it('is broken when its deadline is over, or a pod of its revision did not need so long', () => {
    const condition = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' };
    const made = workload('Deployment', 'web', { app: 'web' });
    const late = { ...made, status: { ...made.status, conditions: [condition] } };
    expect(causeCodes(diagnoseObjects([web, late, ...refusing(45)], 'web'))).toEqual(['SVC302']);
    const groups = ask([...refusing(45), ...refusing(80, {}, 'web-6f9c-b')]);
    expect(causeCodes(groups)).toEqual(['SVC302']);
    expect(groups.headline).toContain('both pods of Deployment web');
  });

  it('is given the time that its own command waits', () => {
    const sleeps = { command: ['sh', '-c', 'sleep 150 && exec httpd -f -p 8080'] };
    const report = ask(refusing(100, sleeps));
    expect(causeCodes(report)).toEqual(['SVC313']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('its command waits 150s first');
    expect(causeCodes(ask(refusing(190, sleeps)))).toEqual(['SVC302']);
    for (const script of ['sleep 3600 && exec httpd', 'httpd; sleep 150', 'sleep 150; done', 'sleep 150']) {
      expect([script, causeCodes(ask(refusing(100, { command: ['sh', '-c', script] })))[0]]).not.toContain('SVC313');
    }
  });

  it('is given the time that pods of the revision before took, while these serve', () => {
    const beside = (took: number, started = 110) => {
      const old = served(took);
      return ask([old, ...refusing(started), ...slicesFor(web, [old])]);
    };
    const slow = beside(80);
    expect(slow.verdict).toBe('healthy');
    const note = slow.findings.find(({ code }) => code === 'SVC313');
    expect(note?.evidence.map(({ fact }) => fact)).toContain('pod web-5c4d-a was Ready 80s after its start');
    expect(causeCodes(beside(5))).toEqual(['SVC302']);
    expect(causeCodes(beside(80, 170))).toEqual(['SVC302']);
  });
});
