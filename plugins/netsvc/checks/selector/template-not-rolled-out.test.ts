import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { ownedBy, pod, service, slicesFor, workload } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';

const svc = service('web', { selector: { app: 'web', track: 'new' } });
const old = stagedApp('web', { labels: { app: 'web' }, podLabels: { track: 'old' } });

function withTemplate(spec: Partial<NonNullable<Workload['spec']>>): Workload {
  const template = {
    metadata: { labels: { app: 'web', track: 'new' } },
    spec: old.deployment.spec?.template?.spec ?? {},
  };
  return { ...old.deployment, spec: { ...old.deployment.spec, template, ...spec } };
}

function diagnose(objects: readonly KubeObject[]) {
  return diagnoseObjects([svc, ...objects, ...slicesFor(svc, [])], 'web');
}

describe('template-not-rolled-out', () => {
  it('names the paused rollout and resumes it', () => {
    const report = diagnose([withTemplate({ paused: true }), old.replicaSet, ...old.pods]);
    expect(causeCodes(report)[0]).toBe('SVC106');
    expect(report.headline).toContain('its 2 pods carry track=old instead of track=new');
    expect(report.headline).toContain('the rollout is paused');
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl rollout resume deployment/web -n shop');
  });

  it('knows updates by hand', () => {
    const set = workload(
      'DaemonSet',
      'web',
      { app: 'web' },
      {
        template: { metadata: { labels: { app: 'web', track: 'new' } }, spec: { containers: [{ name: 'app' }] } },
        updateStrategy: { type: 'OnDelete' },
      },
    );
    const pods = [pod('web-x', { labels: { app: 'web', track: 'old' }, meta: ownedBy('DaemonSet', 'web') })];
    const report = diagnose([set, ...pods]);
    expect(report.headline).toContain('OnDelete');
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl delete pod -n shop -l app=web');
  });

  it('stays silent when the rollout is done', () => {
    const fresh = stagedApp('web', { labels: { app: 'web' }, podLabels: { track: 'new' } });
    expect(diagnoseObjects([svc, ...fresh.objects, ...slicesFor(svc, fresh.pods)], 'web').verdict).toBe('healthy');
  });
});
