import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import type { Lease } from '../../../../shared/model/objects-cni.ts';
import type { Container, Pod } from '../../../../shared/model/objects-pod.ts';
import { podWith, running, unready } from '../../../../shared/testing/broken-pods.ts';
import { deployment, event, secondsAgo, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const DAYS = 6 * 86_400;
const UNAVAILABLE = 'Readiness probe failed: HTTP probe failed with statuscode: 503';
const probed: Partial<Container> = { readinessProbe: { httpGet: { path: '/ready', port: 8080 } } };
const leads = (name: string, hash = '6f9c'): Pod =>
  podWith(
    name,
    { ready: true, started: true, state: running(DAYS) },
    {
      of: 'scheduler',
      age: DAYS,
      hash,
      labels: { app: 'scheduler' },
      containers: [{ name: 'app', image: 'example/scheduler:2', ports: [{ containerPort: 8080 }], ...probed }],
    },
  );

const waits = (name: string, age = DAYS, container: Partial<Container> = probed): Pod =>
  unready(name, container, { of: 'scheduler', age, labels: { app: 'scheduler' } });

const lease = (holderIdentity: string, renewed = 3): Lease => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'scheduler-lock', namespace: 'shop' },
  spec: { holderIdentity, leaseDurationSeconds: 15, renewTime: secondsAgo(renewed) },
});

function judge(pods: readonly Pod[], leases: readonly Lease[], message = UNAVAILABLE) {
  const svc = service('scheduler', { selector: { app: 'scheduler' } });
  const silent = pods.filter((made) => made.status?.containerStatuses?.[0]?.ready !== true);
  const objects: KubeObject[] = [
    svc,
    deployment('scheduler', { app: 'scheduler' }, { replicas: pods.length }),
    ...pods,
    ...silent.map((made) => event(made, 'Unhealthy', message, { count: 4000 })),
    ...slicesFor(svc, pods),
    ...leases,
  ];
  return diagnoseObjects(objects, 'scheduler');
}

describe('pods that stand by for the one that leads', () => {
  it('are a state when a lease names the only ready pod', () => {
    const report = judge([leads('s-1'), waits('s-2'), waits('s-3')], [lease('s-1_0a4c')]);
    expect(report.verdict).toBe('healthy');
    expect(report.findings.map(({ code }) => code)).toEqual(['SVC316']);
    expect(report.findings[0]?.summary).toBe(
      '2 of 3 pods of Deployment scheduler (s-2 and s-3) stand by: s-1 holds Lease shop/scheduler-lock and alone is Ready; ' +
        'the others keep out of rotation (HTTP probe failed with statuscode: 503)',
    );
  });

  it('may leave the port of their probe closed, whatever the container declares', () => {
    const elsewhere: Partial<Container> = { readinessProbe: { httpGet: { path: '/', port: 9090 } } };
    const refused =
      'Readiness probe failed: Get "http://10.1.0.9:9090/": dial tcp 10.1.0.9:9090: connect: connection refused';
    expect(judge([leads('s-1'), waits('s-2', DAYS, elsewhere)], [lease('s-1')], refused).verdict).toBe('healthy');
  });

  it.each([
    ['nobody holds a lease', [leads('s-1'), waits('s-2')], []],
    ['another program holds it', [leads('s-1'), waits('s-2')], [lease('s-12_0a4c')]],
    ['the holder is one that is not ready', [leads('s-1'), waits('s-2')], [lease('s-2_0a4c')]],
    ['the holder has stopped renewing it', [leads('s-1'), waits('s-2')], [lease('s-1_0a4c', 3600)]],
    ['two of three are ready', [leads('s-1'), leads('s-2'), waits('s-3')], [lease('s-1_0a4c')]],
    ['they have only just started', [leads('s-1'), waits('s-2', 30)], [lease('s-1_0a4c')]],
    ['a rollout waits for the new ones', [leads('s-1', 'old1'), waits('s-2')], [lease('s-1_0a4c')]],
    ['nobody is ready', [waits('s-1'), waits('s-2')], [lease('s-1_0a4c')]],
  ])('are a fault when %s', (_, pods, leases) => {
    expect(causeCodes(judge(pods, leases))).toEqual(['SVC301']);
  });

  it('are a state when they say so themselves, without a lease', () => {
    const probe: Partial<Container> = { readinessProbe: { exec: { command: ['ready'] } } };
    const said = 'Readiness probe failed: role is standby';
    const report = judge([leads('s-1'), waits('s-2', 120, probe), waits('s-3', 120, probe)], [], said);
    expect(report.verdict).toBe('healthy');
    expect(report.findings[0]?.summary).toContain('s-1 is the only one that is no "standby" and alone is Ready');
    for (const words of ['follower', 'waiting for lock', 'attempting to acquire leader']) {
      const others = judge([leads('s-1'), waits('s-2', 120, probe)], [], said.replace('standby', words));
      expect(causeCodes(others)).toEqual([]);
    }
    expect(causeCodes(judge([leads('s-1'), waits('s-2', 120, probe)], [], said.replace('standby', 'broken')))).toEqual([
      'SVC306',
    ]);
  });

  it('are a fault when they answer that something is wrong', () => {
    const report = judge([leads('s-1'), waits('s-2')], [lease('s-1')], UNAVAILABLE.replace('503', '500'));
    expect(causeCodes(report)).toEqual(['SVC301']);
  });
});

it('does not call a port wrong that another pod of the same revision answers on', () => {
  const elsewhere: Partial<Container> = { readinessProbe: { httpGet: { path: '/', port: 9090 } } };
  const refused =
    'Readiness probe failed: Get "http://10.1.0.9:9090/": dial tcp 10.1.0.9:9090: connect: connection refused';
  const report = judge([leads('s-1'), waits('s-2', 3600, elsewhere)], [], refused);
  expect(causeCodes(report)).toEqual(['SVC302']);
  expect(report.causes[0]?.fixes.map(({ command }) => command).join('\n')).not.toContain('patch');
});
