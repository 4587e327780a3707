import { describe, expect, it } from 'vitest';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const labels = { 'service.kubernetes.io/service-proxy-name': 'edge-proxy' };
const pods = [pod('web-1')];

describe('service-proxy-name', () => {
  it('tells a Service that kube-proxy leaves alone', () => {
    const web = service('web', {}, { labels });
    const report = diagnoseObjects([web, ...pods, ...slicesFor(web, pods)], 'web');
    expect(causeCodes(report)).toEqual(['SVC580']);
    expect(report.headline).toContain('service.kubernetes.io/service-proxy-name=edge-proxy');
  });

  it('stays silent without the label and for headless Services', () => {
    const headless = service('web', { clusterIP: 'None' }, { labels });
    expect(diagnoseObjects([headless, ...pods, ...slicesFor(headless, pods)], 'web').verdict).toBe('healthy');
  });
});
