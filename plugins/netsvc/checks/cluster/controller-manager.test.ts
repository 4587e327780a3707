import { describe, expect, it } from 'vitest';
import { deployment, pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { crashing, soundWeb } from '../../testing/system-objects.ts';

describe('controller-manager-down', () => {
  const manager = (ready: boolean) => {
    const labels = { component: 'kube-controller-manager', tier: 'control-plane' };
    const made = pod('kube-controller-manager-cp', { namespace: 'kube-system', labels });
    return ready ? made : crashing(made);
  };

  it('is the cause of stale EndpointSlices', () => {
    const web = service('web');
    const pods = [pod('web-1'), pod('web-2')];
    const report = diagnoseObjects([web, ...pods, ...slicesFor(web, pods.slice(0, 1)), manager(false)], 'web');
    expect(causeCodes(report)).toEqual(['SVC809']);
    expect(report.causes[0]?.evidence.at(-1)?.fact).toContain(
      'as a result: EndpointSlices of Service shop/web are out of date',
    );
  });

  it('is the cause of a Deployment that nobody makes pods for', () => {
    const made = deployment('web', { app: 'web' }, {}, { generation: 2 });
    const late = { ...made, status: { observedGeneration: 1 } };
    const report = diagnoseObjects([service('web'), late, manager(false)], 'web');
    expect(causeCodes(report)).toEqual(['SVC809']);
    expect(report.verdict).toBe('broken');
    expect(causeCodes(diagnoseObjects([service('web'), late, manager(true)], 'web'))).toEqual(['SVC211']);
  });

  it('stays silent when one is ready or none is shown', () => {
    expect(diagnoseObjects([...soundWeb(), manager(true)], 'web').verdict).toBe('healthy');
    expect(diagnoseObjects(soundWeb(), 'web').verdict).toBe('healthy');
  });
});
