import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';

const svc = service('api', { selector: { app: 'api', slot: 'live' } });
const app = stagedApp('api', { labels: { app: 'api' }, podLabels: { slot: 'live' }, replicas: 3 });

function relabel(pod: Pod, labels: Readonly<Record<string, string | undefined>>): Pod {
  const all = Object.entries({ ...pod.metadata?.labels, ...labels }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return { ...pod, metadata: { ...pod.metadata, labels: Object.fromEntries(all) } };
}

function diagnose(pods: readonly Pod[]) {
  return diagnoseObjects([svc, app.deployment, app.replicaSet, ...pods, ...slicesFor(svc, pods)], 'api');
}

describe('pods-relabelled', () => {
  it('tells that the pods were relabelled by hand, and labels them back', () => {
    const report = diagnose(app.pods.map((pod) => relabel(pod, { slot: 'drained' })));
    expect(causeCodes(report)).toEqual(['SVC104']);
    expect(report.verdict).toBe('broken');
    expect(report.headline).toContain('all 3 pods of Deployment api carry slot=drained instead of slot=live');
    expect(report.causes[0]?.fixes[0]?.command).toMatch(
      /^kubectl label pod api-\S+ \S+ \S+ -n shop --overwrite slot=live$/,
    );
  });

  it('tells the same without the ReplicaSets', () => {
    const pods = app.pods.map((pod) => relabel(pod, { slot: 'drained' }));
    const report = diagnoseObjects([svc, app.deployment, ...pods, ...slicesFor(svc, pods)], 'api', {
      except: { ReplicaSet: 'notCollected' },
    });
    expect(causeCodes(report)[0]).toBe('SVC104');
  });

  it('degrades when some are left', () => {
    const [first, ...rest] = app.pods;
    const report = diagnose([...(first === undefined ? [] : [relabel(first, { slot: undefined })]), ...rest]);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('1 of 3 pods');
    expect(report.headline).toContain('has no label slot'.slice(4));
    expect(report.causes[0]?.impact).toBe(0.1);
  });

  it('stays silent when a label that no template has selects one of several pods', () => {
    const primary = service('db-primary', { selector: { app: 'api', role: 'primary' } });
    const [first, ...rest] = app.pods;
    const pods = first === undefined ? [] : [relabel(first, { role: 'primary' }), ...rest];
    const report = diagnoseObjects(
      [primary, app.deployment, app.replicaSet, ...pods, ...slicesFor(primary, pods)],
      'db-primary',
    );
    expect(report.verdict).toBe('healthy');
  });
});
