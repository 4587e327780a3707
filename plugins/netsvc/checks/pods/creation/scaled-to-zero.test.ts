import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../../shared/model/objects.ts';
import type { HorizontalPodAutoscaler } from '../../../../../shared/model/objects-workload.ts';
import { replicaSet } from '../../../../../shared/testing/broken-pods.ts';
import {
  deployment,
  event,
  pod,
  secondsAgo,
  service,
  slicesFor,
  workload,
} from '../../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../../testing/diagnose-objects.ts';

const web = service('web');
const zero = deployment('web', { app: 'web' }, { replicas: 0 });

function autoscaler(
  minReplicas: number,
  more: Partial<HorizontalPodAutoscaler['metadata']> = {},
): HorizontalPodAutoscaler {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', namespace: 'shop', ...more },
    spec: { minReplicas, maxReplicas: 5, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
    status: {
      conditions: [
        { type: 'AbleToScale', status: 'True', reason: 'SucceededGetScale' },
        { type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled' },
      ],
    },
  };
}

describe('scaled-to-zero', () => {
  it('says from how many, by whom and when, and scales back', () => {
    const scaled = deployment(
      'web',
      { app: 'web' },
      { replicas: 0 },
      {
        managedFields: [
          {
            manager: 'kubectl',
            operation: 'Update',
            subresource: 'scale',
            time: secondsAgo(120),
            fieldsV1: { 'f:spec': { 'f:replicas': {} } },
          },
          {
            manager: 'kubectl-client-side-apply',
            operation: 'Update',
            time: secondsAgo(9000),
            fieldsV1: { 'f:spec': { 'f:template': {} } },
          },
        ],
      },
    );
    const told = event(scaled, 'ScalingReplicaSet', 'Scaled down replica set web-6f9c from 3 to 0', {
      type: 'Normal',
      lastSeen: secondsAgo(120),
    });
    const report = diagnoseObjects([web, scaled, replicaSet('web', '6f9c', 1, { replicas: 0 }), told], 'web');
    expect(causeCodes(report)).toEqual(['SVC201']);
    expect(report.headline).toBe(
      'Deployment web is scaled to 0 replicas (from 3, by kubectl, 2m ago), so the Service has no pod',
    );
    expect(report.causes[0]?.fixes[0]).toMatchObject({
      command: 'kubectl scale deployment/web -n shop --replicas=3',
      undo: 'kubectl scale deployment/web -n shop --replicas=0',
    });
  });

  it('needs no event, and asks for what the autoscaler wants at least', () => {
    const report = diagnoseObjects([web, zero, autoscaler(2)], 'web');
    expect(causeCodes(report)).toEqual(['SVC201']);
    expect(report.causes[0]?.fixes[0]?.command).toContain('--replicas=2');
    expect(report.causes[0]?.evidence.map((entry) => entry.fact).join('\n')).toContain(
      'ScalingActive False (ScalingDisabled)',
    );
  });

  it('counts the pods that a StatefulSet deleted', () => {
    const set = workload('StatefulSet', 'web', { app: 'web' }, { replicas: 0 });
    const events = [2, 1, 0].map((ordinal) =>
      event(set, 'SuccessfulDelete', `delete Pod web-${ordinal} in StatefulSet web successful`, {
        type: 'Normal',
        lastSeen: secondsAgo(60 - ordinal),
      }),
    );
    const report = diagnoseObjects([web, set, ...events], 'web');
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl scale statefulset/web -n shop --replicas=3');
  });

  it.each<[string, KubeObject[]]>([
    ['minReplicas 0', [zero, autoscaler(0)]],
    [
      "KEDA's autoscaler",
      [zero, autoscaler(1, { name: 'keda-hpa-web', labels: { 'scaledobject.keda.sh/name': 'web' } })],
    ],
    [
      'a ScaledObject',
      [
        zero,
        {
          apiVersion: 'keda.sh/v1alpha1',
          kind: 'ScaledObject',
          metadata: { name: 'web', namespace: 'shop' },
          spec: { scaleTargetRef: { name: 'web' } },
        } as KubeObject,
      ],
    ],
    [
      'an event of KEDA, whose objects are not in the dump',
      [
        zero,
        event(
          { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: { name: 'web-so', namespace: 'shop' } },
          'KEDAScaleTargetDeactivated',
          'Deactivated apps/v1.Deployment shop/web from 1 to 0',
        ),
      ],
    ],
    [
      'the hand of KEDA alone',
      [
        deployment(
          'web',
          { app: 'web' },
          { replicas: 0 },
          {
            managedFields: [
              {
                manager: 'keda',
                operation: 'Update',
                time: secondsAgo(60),
                fieldsV1: { 'f:spec': { 'f:replicas': {} } },
              },
            ],
          },
        ),
      ],
    ],
    [
      'an annotation',
      [deployment('web', { app: 'web' }, { replicas: 0 }, { annotations: { 'downscaler/original-replicas': '3' } })],
    ],
  ])('is a state, not a fault, with %s', (_, objects) => {
    const report = diagnoseObjects([web, ...objects], 'web');
    expect(report.causes).toEqual([]);
    expect(report.findings.map((finding) => finding.code)).toContain('SVC202');
    expect(report.verdict).toBe('healthy');
  });

  it('is likely alone where autoscalers were not read', () => {
    const report = diagnoseObjects([web, zero], 'web', { except: { HorizontalPodAutoscaler: 'notCollected' } });
    expect(report.causes[0]?.confidence).toBe('likely');
    expect(diagnoseObjects([web, zero], 'web').causes[0]?.confidence).toBe('proven');
  });

  it('stays silent when another workload serves', () => {
    const pods = [pod('blue-1')];
    const report = diagnoseObjects([web, zero, ...pods, ...slicesFor(web, pods)], 'web');
    expect(report.verdict).toBe('healthy');
  });
});
