import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../../shared/model/objects.ts';
import { crashing, ended, replicaFailure, replicaSet } from '../../../../../shared/testing/broken-pods.ts';
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
const QUOTA =
  'pods "web-6f9c-" is forbidden: exceeded quota: compute, requested: requests.cpu=60m, used: requests.cpu=60m, limited: requests.cpu=100m';

function refused(message: string, made = 0, replicas = 3) {
  const failure = replicaFailure(message);
  const owner = deployment('web', { app: 'web' }, { replicas });
  return [
    web,
    {
      ...owner,
      status: { observedGeneration: 1, replicas: made, unavailableReplicas: replicas - made, conditions: [failure] },
    },
    replicaSet('web', '6f9c', 1, { replicas, made, conditions: [failure] }),
  ];
}

describe('pods-cannot-be-created', () => {
  it('reads the quota and its numbers from the status alone, and makes room for what is missing', () => {
    const report = diagnoseObjects(refused(QUOTA), 'web', { except: { Event: 'notCollected' } });
    expect(causeCodes(report)).toEqual(['SVC206']);
    expect(report.headline).toBe(
      'the 3 pods of Deployment web cannot be created: ResourceQuota compute refuses (FailedCreate): exceeded quota, requested requests.cpu=60m, used requests.cpu=60m, limited to requests.cpu=100m',
    );
    expect(report.causes[0]?.fixes[0]).toMatchObject({
      command: `kubectl patch resourcequota compute -n shop --type=merge -p '{"spec":{"hard":{"requests.cpu":"240m"}}}'`,
      undo: `kubectl patch resourcequota compute -n shop --type=merge -p '{"spec":{"hard":{"requests.cpu":"100m"}}}'`,
    });
  });

  it('says that what refused the pods has been mended since', () => {
    const quota = (hard: string, used: string): KubeObject =>
      Object.assign(
        { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'compute', namespace: 'shop' } },
        { spec: { hard: { 'requests.cpu': hard } }, status: { used: { 'requests.cpu': used } } },
      );
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'web', namespace: 'shop' } };
    const none =
      'pods "web-6f9c-" is forbidden: error looking up service account shop/web: serviceaccount "web" not found';
    const ask = (message: string, object: KubeObject) => diagnoseObjects([...refused(message), object], 'web');
    for (const report of [ask(QUOTA, quota('240m', '60m')), ask(QUOTA, quota('100m', '0')), ask(none, account)]) {
      expect(report.headline).toContain('; that has been mended since, the controller tries again by and by');
      expect(report.causes[0]?.fixes.map(({ command }) => command)).toEqual([
        'kubectl rollout restart deployment/web -n shop',
      ]);
    }
    expect(ask(QUOTA, quota('100m', '60m')).headline).not.toContain('mended');
    const other = { ...account, metadata: { name: 'other', namespace: 'shop' } };
    expect(ask(none, other).headline).not.toContain('mended');
  });

  it('is a warning about lost capacity while other pods serve', () => {
    const pods = [pod('web-1')];
    const report = diagnoseObjects([...refused(QUOTA, 1), ...pods, ...slicesFor(web, pods)], 'web');
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('2 of 3 pods of Deployment web cannot be created');
  });

  it('comes after what keeps the pods that were made from serving', () => {
    const pods = [crashing('web-6f9c-a', ended(1, 'Error'), { of: 'web' })];
    const report = diagnoseObjects([...refused(QUOTA, 1, 2), ...pods, ...slicesFor(web, pods)], 'web');
    expect(causeCodes(report)).toEqual(['SVC229', 'SVC206']);
    expect(report.verdict).toBe('broken');
  });

  it('states the requests that a quota asks for', () => {
    const report = diagnoseObjects(
      refused(
        'pods "web-6f9c-" is forbidden: failed quota: compute: must specify limits.memory for: app; requests.cpu for: app',
      ),
      'web',
    );
    expect(causeCodes(report)).toEqual(['SVC206']);
    expect(report.causes[0]?.fixes[0]?.command).toContain('"requests":{"cpu":"100m"},"limits":{"memory":"128Mi"}');
  });

  it('knows a LimitRange by the ratio that it asks for', () => {
    const told = refused(
      'pods "web-6f9c-" is forbidden: cpu max limit to request ratio per Container is 2, but provided ratio is 10.000000',
    );
    const report = diagnoseObjects([...told] as KubeObject[], 'web');
    expect(causeCodes(report)).toEqual(['SVC208']);
    expect(report.headline).toContain('the LimitRange of namespace shop forbids it: cpu max limit to request ratio');
  });

  it('gives a container what a LimitRange allows, and back', () => {
    const [svc, owner, ...rest] = refused(
      'pods "web-6f9c-" is forbidden: minimum cpu usage per Container is 200m, but request is 50m',
    );
    const resources = { requests: { cpu: '50m' }, limits: { cpu: '100m' } };
    const asking = {
      ...owner,
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', resources }] } },
      },
    };
    const [fix] = diagnoseObjects([svc, asking, ...rest] as KubeObject[], 'web').causes[0]?.fixes ?? [];
    expect(fix?.command).toContain('"resources":{"requests":{"cpu":"200m"},"limits":{"cpu":"200m"}}');
    expect(fix?.undo).toContain('"resources":{"requests":{"cpu":"50m"},"limits":{"cpu":"100m"}}');
  });

  it.each([
    [
      'SVC207',
      'pods "web-6f9c-" is forbidden: error looking up service account shop/deployer: serviceaccount "deployer" not found',
      'serviceaccount "deployer" not found',
    ],
    [
      'SVC208',
      'admission webhook "validate.kyverno.svc-fail" denied the request: label owner is required',
      'admission webhook "validate.kyverno.svc-fail" denied the request: label owner is required',
    ],
    [
      'SVC208',
      'pods "web-6f9c-" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
      'violates PodSecurity "restricted:latest": runAsNonRoot != true',
    ],
    [
      'SVC208',
      'pods "web-6f9c-" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi',
      'maximum memory usage per Container is 1Gi',
    ],
    [
      'SVC208',
      'pods "web-6f9c-" is forbidden: unable to validate against any security context constraint: [provider "anyuid": Forbidden: not usable by user or serviceaccount, provider "hostnetwork-v2": Forbidden: not usable by user or serviceaccount, provider restricted-v2: .containers[0].runAsUser: Invalid value: 0: must be in the ranges: [1000650000, 1000659999]]',
      'provider restricted-v2: .containers[0].runAsUser: Invalid value: 0',
    ],
    [
      'SVC209',
      'Internal error occurred: failed calling webhook "inject.sidecar.io": failed to call webhook: Post "https://injector.mesh.svc:443/inject?timeout=10s": no endpoints available for service "injector"',
      'no endpoints available for service "injector"',
    ],
    [
      'SVC210',
      'pods "web-6f9c-" is forbidden: no PriorityClass with name high was found',
      'no PriorityClass with name high was found',
    ],
  ])('gives %s for "%s"', (code, message, words) => {
    const report = diagnoseObjects(refused(message), 'web');
    expect(causeCodes(report)).toEqual([code]);
    expect(report.headline).toContain(words);
  });

  it('reads the event of a StatefulSet, which has no condition for it', () => {
    const set = {
      ...workload('StatefulSet', 'web', { app: 'web' }, { replicas: 2 }),
      status: { observedGeneration: 1, replicas: 0 },
    };
    const told = event(set, 'FailedCreate', `create Pod web-0 in StatefulSet web failed error: ${QUOTA}`, {
      count: 15,
    });
    const report = diagnoseObjects([web, set, told], 'web');
    expect(causeCodes(report)).toEqual(['SVC206']);
    expect(report.headline).toContain('the 2 pods of StatefulSet web');
  });

  it('offers the way back when only the new revision is refused', () => {
    const failure = replicaFailure(QUOTA);
    const pods = [
      pod('web-5c4d-a', {
        labels: { app: 'web', 'pod-template-hash': '5c4d' },
        meta: { ownerReferences: [{ kind: 'ReplicaSet', name: 'web-5c4d', controller: true }] },
      }),
    ];
    const report = diagnoseObjects(
      [
        web,
        deployment('web', { app: 'web' }, {}, { annotations: { 'deployment.kubernetes.io/revision': '2' } }),
        replicaSet('web', '5c4d', 1, { ready: 1 }),
        replicaSet('web', '6f9c', 2, {
          made: 0,
          conditions: [failure],
          containers: [{ name: 'app', image: 'example/app:2' }],
        }),
        ...pods,
        ...slicesFor(web, pods),
      ],
      'web',
    );
    expect(report.verdict).toBe('degraded');
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl rollout undo deployment/web -n shop');
  });

  it('does not dig out a refusal that is past', () => {
    const set = {
      ...workload('StatefulSet', 'web', { app: 'web' }, { replicas: 2 }),
      status: { observedGeneration: 1, replicas: 1 },
    };
    const pods = [pod('web-0')];
    const events = [
      event(set, 'FailedCreate', `create Pod web-1 in StatefulSet web failed error: ${QUOTA}`, {
        lastSeen: secondsAgo(300),
      }),
      event(set, 'SuccessfulCreate', 'create Pod web-1 in StatefulSet web successful', {
        type: 'Normal',
        lastSeen: secondsAgo(10),
      }),
    ];
    expect(diagnoseObjects([web, set, ...pods, ...events, ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
  });

  it('offers to do without a priority class that does not exist', () => {
    const report = diagnoseObjects(
      refused('pods "web-6f9c-" is forbidden: no PriorityClass with name urgent was found'),
      'web',
    );
    expect(report.headline).toContain('no PriorityClass with name urgent was found');
    expect(report.causes[0]?.fixes[0]).toMatchObject({
      command: `kubectl patch deployment web -n shop -p '{"spec":{"template":{"spec":{"priorityClassName":null}}}}'`,
      undo: `kubectl patch deployment web -n shop -p '{"spec":{"template":{"spec":{"priorityClassName":"urgent"}}}}'`,
    });
  });

  it('is past once a newer template makes its pods', () => {
    const failure = replicaFailure('pods "web-6f9c-" is forbidden: no PriorityClass with name urgent was found');
    const owner = deployment('web', { app: 'web' }, { replicas: 1 });
    const crashes = crashing('web-7a1d-a', ended(1, 'Error'), { of: 'web', hash: '7a1d', restarts: 5 });
    const report = diagnoseObjects(
      [
        web,
        { ...owner, status: { observedGeneration: 3, replicas: 1, unavailableReplicas: 2, conditions: [failure] } },
        replicaSet('web', '6f9c', 1, { replicas: 1, made: 0, conditions: [failure] }),
        replicaSet('web', '7a1d', 2, { replicas: 1, made: 1 }),
        crashes,
      ],
      'web',
    );
    expect(causeCodes(report)).toEqual(['SVC229']);
    expect(report.causes[0]?.fixes.map(({ command }) => command).join()).not.toContain('rollout undo');
  });

  it('offers to do without a runtime class that does not exist', () => {
    const report = diagnoseObjects(
      refused('pods "web-6f9c-" is forbidden: pod rejected: RuntimeClass "kata" not found'),
      'web',
    );
    expect(report.causes[0]?.fixes[0]?.command).toContain('"runtimeClassName":null');
  });

  it('points at the policy of the API server that forbids the pods', () => {
    const report = diagnoseObjects(
      refused(
        "pods \"web-6f9c-\" is forbidden: ValidatingAdmissionPolicy 'need-team' with binding 'need-team' denied request: pods need a label team",
      ),
      'web',
    );
    expect(causeCodes(report)).toEqual(['SVC208']);
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl get validatingadmissionpolicy need-team -o yaml');
  });
});
