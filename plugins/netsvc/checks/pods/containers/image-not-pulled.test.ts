import { describe, expect, it } from 'vitest';
import { podWith, replicaSet, waiting } from '../../../../../shared/testing/broken-pods.ts';
import { deployment, event, pod, service, slicesFor } from '../../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../../testing/diagnose-objects.ts';

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

  it.each([
    [
      'a rate limit',
      'failed to pull and unpack image "docker.io/example/app:9": failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/example/app/manifests/sha256:0a: 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit.',
      'SVC225',
      'kubectl create secret docker-registry regcred -n shop',
    ],
    [
      'a registry without an address',
      'dial tcp: lookup registry.exmaple.com on 10.0.0.1:53: no such host',
      'SVC224',
      'app=<REGISTRY>/example/app:9',
    ],
    [
      'a certificate that the node does not trust',
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
      'SVC224',
      'kubectl get pods -A -o wide',
    ],
    [
      "CRI-O's answer to a short name",
      'short-name "example/app:9" did not resolve to an alias and no unqualified-search registries are defined in "/etc/containers/registries.conf"',
      'SVC225',
      'app=<REGISTRY>/example/app:9',
    ],
    [
      "CRI-O's answer to a tag that is not there",
      'initializing source docker://example/app:9: reading manifest 9 in docker.io/example/app: manifest unknown',
      'SVC222',
      'app=example/app:<TAG>',
    ],
    [
      'an image for another platform',
      'no match for platform in manifest: not found',
      'SVC225',
      'app=example/app:<TAG>',
    ],
  ])('offers what helps against %s', (_, answer, code, command) => {
    const report = diagnoseObjects(pulling(`Back-off pulling image "example/app:9": ErrImagePull: ${answer}`), 'web');
    expect(causeCodes(report)).toEqual([code]);
    expect(report.causes[0]?.fixes[0]?.command).toContain(command);
  });

  it('makes a valid name of one with two tags', () => {
    const made = podWith(
      'web-6f9c-a',
      {
        state: waiting(
          'InvalidImageName',
          'Failed to apply default image tag "example/app:9:latest": couldn\'t parse image name "example/app:9:latest": invalid reference format',
        ),
      },
      { of: 'web', containers: [{ name: 'app', image: 'example/app:9:latest' }] },
    );
    const report = diagnoseObjects([web, deployment('web'), replicaSet('web', '6f9c', 1), made], 'web');
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl set image deployment/web -n shop app=example/app:<TAG>');
  });
});
