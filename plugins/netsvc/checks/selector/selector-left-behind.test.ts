import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import { deployment, pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';

const green = stagedApp('front-green', { labels: { app: 'front', version: 'green' }, replicas: 3 });
const blue = deployment('front-blue', { app: 'front', version: 'blue' }, { replicas: 0 });

function diagnose(name: string, more: readonly KubeObject[] = []) {
  const svc = service(name, { selector: { app: 'front', version: 'blue' } });
  return diagnoseObjects([svc, blue, ...green.objects, ...more, ...slicesFor(svc, [])], name);
}

describe('selector-left-behind', () => {
  it('sees that blue was switched off and green runs', () => {
    const report = diagnose('front');
    expect(causeCodes(report)).toEqual(['SVC103']);
    expect(report.headline).toContain('still selects version=blue, whose Deployment front-blue has 0 replicas');
    expect(report.headline).toContain('Deployment front-green (version=green) has 3 ready pods');
    expect(report.causes[0]?.fixes.map((fix) => fix.command)).toEqual([
      `kubectl patch service front -n shop --type=merge -p '{"spec":{"selector":{"version":"green"}}}'`,
      'kubectl scale deployment front-blue -n shop --replicas=3',
    ]);
  });

  it('leaves a Service that bears the version in its name to the scaling', () => {
    expect(causeCodes(diagnose('front-blue'))).not.toContain('SVC103');
  });

  it('is a note when blue fails for a cause of its own', () => {
    const svc = service('front', { selector: { app: 'front', version: 'blue' } });
    const on = deployment('front-blue', { app: 'front', version: 'blue' }, { replicas: 1 });
    const failing = pod('front-blue-1', { labels: { app: 'front', version: 'blue' }, ready: false });
    const report = diagnoseObjects([svc, on, failing, ...green.objects, ...slicesFor(svc, [failing])], 'front');
    expect(causeCodes(report)).not.toContain('SVC103');
    expect(report.findings.map(({ code }) => code)).toContain('SVC103');
    expect(report.causes[0]?.fixes[0]?.title).toBe(
      'turn the Service to Deployment front-green meanwhile, which is ready',
    );
    expect(report.causes[0]?.fixes[0]?.command).toContain(`-p '{"spec":{"selector":{"version":"green"}}}'`);
  });

  it('stays silent while blue serves', () => {
    const svc = service('front', { selector: { app: 'front', version: 'blue' } });
    const on = stagedApp('front-blue', { labels: { app: 'front', version: 'blue' } });
    const report = diagnoseObjects([svc, ...on.objects, ...green.objects, ...slicesFor(svc, on.pods)], 'front');
    expect(report.verdict).toBe('healthy');
    expect(report.findings.map(({ code }) => code)).not.toContain('SVC103');
  });
});
