import { describe, expect, it } from 'vitest';
import { podWith, replicaSet, waiting } from '../../../../shared/testing/broken-pods.ts';
import { deployment, event, pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web');
const REFUSED =
  'Back-off pulling image "example/app:9": ErrImagePull: failed to pull and unpack image "docker.io/example/app:9": failed to resolve reference "docker.io/example/app:9": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed';

function pulling(message: string, reason = 'ImagePullBackOff') {
  const pods = ['a', 'b'].map((id) =>
    podWith(
      `web-6f9c-${id}`,
      { state: waiting(reason, message) },
      { of: 'web', containers: [{ name: 'app', image: 'example/app:9' }] },
    ),
  );
  return [
    web,
    deployment('web', { app: 'web' }, { replicas: 2 }),
    replicaSet('web', '6f9c', 1),
    ...pods,
    ...slicesFor(web, pods),
  ];
}

describe('image-not-pulled', () => {
  it('names image, container, reason and the answer of the registry', () => {
    const report = diagnoseObjects(
      pulling(
        'Back-off pulling image "example/app:9": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/example/app:9": failed to resolve reference "docker.io/example/app:9": docker.io/example/app:9: not found',
      ),
      'web',
    );
    expect(causeCodes(report)).toEqual(['SVC222']);
    expect(report.headline).toBe(
      'image example/app:9 of container app cannot be pulled in both pods of Deployment web (ImagePullBackOff): docker.io/example/app:9: not found',
    );
    expect(report.causes[0]?.severity).toBe('critical');
  });

  it('tells a refusal from an image that is not there', () => {
    const report = diagnoseObjects(pulling(REFUSED), 'web');
    expect(causeCodes(report)).toEqual(['SVC223']);
    expect(report.headline).toContain('pull access denied');
  });

  it('names a pull secret that does not exist', () => {
    const made = podWith(
      'web-6f9c-a',
      { state: waiting('ImagePullBackOff', 'Back-off pulling image "example/app:9"') },
      {
        of: 'web',
        containers: [{ name: 'app', image: 'example/app:9' }],
        spec: { imagePullSecrets: [{ name: 'regcred' }] },
      },
    );
    const report = diagnoseObjects([web, deployment('web'), replicaSet('web', '6f9c', 1), made], 'web');
    expect(causeCodes(report)).toEqual(['SVC223']);
    expect(report.headline).toContain('pull secret regcred does not exist');
    expect(report.causes[0]?.fixes[0]?.command).toContain('kubectl create secret docker-registry regcred -n shop');
  });

  it('finds the answer in an event where the status only tells the back-off, as before 1.31', () => {
    const objects = pulling('Back-off pulling image "example/app:9"');
    const first = objects.find((object) => object.kind === 'Pod');
    const told = event(
      first ?? web,
      'Failed',
      'Failed to pull image "example/app:9": rpc error: code = Unknown desc = failed to pull and unpack image "example/app:9": failed to resolve reference "example/app:9": failed to do request: Head "https://registry.shop/v2/": dial tcp: lookup registry.shop on 10.0.0.1:53: no such host',
    );
    const report = diagnoseObjects([...objects, told], 'web');
    expect(causeCodes(report)).toEqual(['SVC224']);
    expect(report.headline).toContain('no such host');
  });

  it('offers the way back and an image that runs, when a rollout broke it and old pods serve', () => {
    const old = pod('web-5c4d-a', {
      labels: { app: 'web', 'pod-template-hash': '5c4d' },
      containers: [{ name: 'app', image: 'example/app:8' }],
      meta: { ownerReferences: [{ kind: 'ReplicaSet', name: 'web-5c4d', controller: true }] },
    });
    const bad = podWith(
      'web-6f9c-a',
      { state: waiting('ErrImagePull', 'docker.io/example/app:9: not found') },
      {
        of: 'web',
        containers: [{ name: 'app', image: 'example/app:9' }],
      },
    );
    const report = diagnoseObjects(
      [
        web,
        deployment('web', { app: 'web' }, {}, { annotations: { 'deployment.kubernetes.io/revision': '2' } }),
        replicaSet('web', '5c4d', 1, { ready: 1, containers: [{ name: 'app', image: 'example/app:8' }] }),
        replicaSet('web', '6f9c', 2, { containers: [{ name: 'app', image: 'example/app:9' }] }),
        old,
        bad,
        ...slicesFor(web, [old, bad]),
      ],
      'web',
    );
    expect(causeCodes(report)).toEqual(['SVC222']);
    expect(report.verdict).toBe('degraded');
    expect(report.causes[0]?.evidence.map((entry) => entry.fact).join('\n')).toContain(
      'revision 2 changed image of app from example/app:8 to example/app:9',
    );
    expect(report.causes[0]?.fixes.map((fix) => fix.command)).toEqual([
      'kubectl rollout undo deployment/web -n shop',
      'kubectl set image deployment/web -n shop app=example/app:8',
    ]);
  });

  it('takes invalid names and forbidden pulls for what they are', () => {
    const never = diagnoseObjects(
      pulling('Container image "example/app:9" is not present with pull policy of Never', 'ErrImageNeverPull'),
      'web',
    );
    expect(causeCodes(never)).toEqual(['SVC225']);
    expect(never.headline).toContain('ErrImageNeverPull');
    const invalid = diagnoseObjects(
      pulling(
        'Failed to apply default image tag "Shop/Web:1": couldn\'t parse image name "Shop/Web:1": invalid reference format: repository name (Web) must be lowercase',
        'InvalidImageName',
      ),
      'web',
    );
    expect(causeCodes(invalid)).toEqual(['SVC225']);
    expect(invalid.headline).toContain('must be lowercase');
  });

  it('stays silent when the image is there', () => {
    const pods = [pod('web-1')];
    expect(diagnoseObjects([web, ...pods, ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
  });
});
