import { describe, expect, it } from 'vitest';
import type { Container } from '../../../../shared/model/objects-pod.ts';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const svc = service('web', { ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }] });

function diagnose(containers: readonly Container[]) {
  const pods = [pod('web-1', { containers })];
  return diagnoseObjects([svc, ...pods, ...slicesFor(svc, pods)], 'web');
}

const exporter: Container = { name: 'exporter', ports: [{ name: 'http', containerPort: 9113 }] };
const app: Container = { name: 'app', ports: [{ name: 'http', containerPort: 8080 }] };

describe('port-name-clash', () => {
  it('says which container gets the requests and which never does', () => {
    const report = diagnose([exporter, app]);
    expect(causeCodes(report)).toEqual(['SVC409']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('9113 of container exporter');
    expect(report.headline).toContain('8080 of container app');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"value":8080');
  });

  it('is a note when the app stands first', () => {
    const report = diagnose([app, exporter]);
    expect(report.verdict).toBe('healthy');
    expect(report.findings.map(({ code }) => code)).toContain('SVC409');
  });

  it('is a note when the first container is told to pass on to the other', () => {
    const proxy: Container = {
      name: 'oauth2-proxy',
      args: ['--http-address=0.0.0.0:4180', '--upstream=http://127.0.0.1:8080'],
      ports: [{ name: 'http', containerPort: 4180 }],
    };
    expect(diagnose([proxy, app]).verdict).toBe('healthy');
    expect(diagnose([{ ...proxy, args: ['--http-address=0.0.0.0:4180'] }, app]).verdict).toBe('degraded');
  });

  it('stays silent when the names differ', () => {
    const report = diagnose([app, { ...exporter, ports: [{ name: 'metrics', containerPort: 9113 }] }]);
    expect(report.findings.map(({ code }) => code)).not.toContain('SVC409');
  });
});
