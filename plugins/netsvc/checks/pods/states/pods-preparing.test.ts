import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../../shared/model/objects.ts';
import type { Pod, PodSpec } from '../../../../../shared/model/objects-pod.ts';
import { podWith, waiting } from '../../../../../shared/testing/broken-pods.ts';
import { deployment, event, pod, secondsAgo, service, slicesFor } from '../../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../../testing/diagnose-objects.ts';

const web = service('web');

function creating(spec: Partial<PodSpec> = {}, age = 200): Pod {
  return podWith(
    'web-6f9c-a',
    { state: waiting('ContainerCreating') },
    {
      of: 'web',
      age,
      spec,
      status: {
        conditions: [
          { type: 'PodReadyToStartContainers', status: 'False', lastTransitionTime: secondsAgo(age) },
          { type: 'Initialized', status: 'True', lastTransitionTime: secondsAgo(age) },
          { type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: secondsAgo(age) },
          { type: 'PodScheduled', status: 'True', lastTransitionTime: secondsAgo(age) },
        ],
      },
    },
  );
}

const claimObject = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'shop' },
};
const data = { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] };
const mount = { volumes: [{ name: 'conf', configMap: { name: 'web-conf' } }] };

function ask(made: Pod, more: readonly KubeObject[], except = {}) {
  return diagnoseObjects([web, deployment('web'), made, ...more], 'web', { except });
}

describe('pods-preparing', () => {
  it('names the ConfigMap that a volume misses, from the event', () => {
    const made = creating(mount);
    const told = event(
      made,
      'FailedMount',
      'MountVolume.SetUp failed for volume "conf" : configmap "web-conf" not found',
      { count: 9 },
    );
    const report = ask(made, [told], { ConfigMap: 'notCollected' });
    expect(causeCodes(report)).toEqual(['SVC237']);
    expect(report.headline).toContain('(FailedMount): configmap "web-conf" not found');
  });

  it('tells a postStart hook that does not end, without which the kubelet reports nothing', () => {
    const hooked = (age: number) => {
      const made = creating({}, age);
      const lifecycle = { postStart: { exec: { command: ['sh', '-c', 'until nc -z license 80; do sleep 1; done'] } } };
      const containers = (made.spec?.containers ?? []).map((container) => ({ ...container, lifecycle }));
      return { ...made, spec: { ...made.spec, containers } };
    };
    const name = hooked(200).spec.containers[0]?.name ?? '';
    const told = (made: Pod) => ask(made, [event(made, 'Started', `Started container ${name}`)]);
    const report = told(hooked(200));
    expect(causeCodes(report)).toEqual(['SVC228']);
    expect(report.headline).toContain('its postStart hook has not ended after 3m20s: sh -c until nc -z license 80');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"lifecycle":{"postStart":null}');
    expect(causeCodes(told(hooked(20)))).toEqual(['SVC313']);
    expect(causeCodes(ask(hooked(200), []))).toEqual(['SVC242']);
  });

  it('needs no event where the list of ConfigMaps was read', () => {
    const report = ask(creating(mount), [], { Event: 'notCollected' });
    expect(causeCodes(report)).toEqual(['SVC237']);
    expect(report.causes[0]?.confidence).toBe('proven');
  });

  it('names what to check when neither was read', () => {
    const report = ask(creating(mount), [], { Event: 'notCollected', ConfigMap: 'forbidden' });
    expect(causeCodes(report)).toEqual(['SVC242']);
    expect(report.causes[0]?.confidence).toBe('possible');
    expect(report.headline).toContain('volumes need configmap web-conf: check that they exist');
  });

  it.each(['configmap ', ''])('names the key that is missing (%j)', (words) => {
    const made = creating(mount);
    const told = event(
      made,
      'FailedMount',
      `MountVolume.SetUp failed for volume "conf" : ${words}references non-existent config key: nginx.conf`,
    );
    const there = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web-conf', namespace: 'shop' } };
    const report = ask(made, [told, there]);
    expect(causeCodes(report)).toEqual(['SVC237']);
    expect(report.headline).toContain('configmap "web-conf" has no key nginx.conf');
  });

  it('tells volumes that cannot be attached', () => {
    const made = creating();
    const told = event(
      made,
      'FailedAttachVolume',
      'Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node and can\'t be attached to another',
    );
    const late = event(
      made,
      'FailedMount',
      'Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[]: timed out waiting for the condition',
      { lastSeen: secondsAgo(5) },
    );
    const report = ask(made, [told, late]);
    expect(causeCodes(report)).toEqual(['SVC239']);
    expect(report.headline).toContain('Multi-Attach error');
    const claim = { ...claimObject, spec: { volumeName: 'pvc-1', accessModes: ['ReadWriteOnce'] } };
    expect(ask({ ...made, spec: { ...made.spec, ...data } }, [told, claim]).headline).toContain(
      '; claim data (ReadWriteOnce)',
    );
  });

  it('without events, a claim that a pod on another node holds is suspected', () => {
    const made = creating({ ...data, nodeName: 'n2' }, 600);
    const holder = pod('web-6f9c-b', { node: 'n1', spec: data });
    const around = [holder, ...slicesFor(web, [holder])];
    const { headline } = ask(made, around, { Event: 'notCollected' });
    expect(headline).toContain('pod web-6f9c-b on node n1 uses claim data too');
    const many = { ...claimObject, spec: { accessModes: ['ReadWriteMany'] } };
    expect(ask(made, [...around, many], { Event: 'notCollected' }).headline).not.toContain('claim data');
  });

  it.each([
    [
      'failed to request IPv4 addresses: Assigned 0 out of 1 requested IPv4 addresses; No more free affine blocks and strict affinity enabled',
      'the blocks of the node are full, no free one is left, and it may not borrow',
    ],
    [
      'loadFlannelSubnetEnv failed: open /run/flannel/subnet.env: no such file or directory',
      'flannel has not written its subnet file',
    ],
    [
      'unable to allocate IP via local cilium agent: [POST /ipam][502] postIpamFailure "range is full"',
      'Cilium has no free address',
    ],
    ['no IP addresses available in range set: 10.244.1.1-10.244.1.254', 'used up'],
  ])('says what "%s" of the network plugin means', (rest, words) => {
    const made = creating();
    const told = event(
      made,
      'FailedCreatePodSandBox',
      `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "0af3": plugin type="x" name="y" failed (add): ${rest}`,
    );
    const report = ask(made, [told]);
    expect(causeCodes(report)).toEqual(['SVC240']);
    expect(report.headline).toContain(words);
    expect(report.headline).toContain('node n1');
    expect(report.causes[0]?.fixes.map((fix) => fix.command)).toContain('kubectl netcni');
  });

  it('blames the network of the node when it is not ready', () => {
    const made = creating();
    const told = event(
      made,
      'NetworkNotReady',
      'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
    );
    const report = ask(made, [told]);
    expect(causeCodes(report)).toEqual(['SVC241']);
    expect(report.headline).toContain('cni plugin not initialized');
  });

  it('waits while a pod is young, and while its image is pulled', () => {
    const young = creating({}, 10);
    const pods = [pod('web-1'), young];
    expect(diagnoseObjects([web, ...pods, ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
    const made = creating({}, 200);
    const pulling = event(made, 'Pulling', 'Pulling image "example/app:1"', {
      type: 'Normal',
      lastSeen: secondsAgo(190),
    });
    const report = diagnoseObjects([web, pod('web-1'), made, pulling], 'web');
    expect(report.causes.filter((cause) => cause.code === 'SVC242')).toEqual([]);
  });

  it('tells what mount answered, not how it was called', () => {
    const made = creating();
    const told = event(
      made,
      'FailedMount',
      'MountVolume.SetUp failed for volume "nfs" : mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs 10.0.0.5:/exports /var/lib/kubelet/pods/0a/volumes/kubernetes.io~nfs/nfs\nOutput: mount.nfs: Connection timed out\n',
    );
    const report = ask(made, [told]);
    expect(causeCodes(report)).toEqual(['SVC238']);
    expect(report.headline).toContain(
      'MountVolume.SetUp failed for volume "nfs": mount failed: exit status 32: mount.nfs: Connection timed out',
    );
  });

  it('offers the default runtime where the node does not know the class', () => {
    const made = creating({ runtimeClassName: 'gvisor' });
    const told = event(
      made,
      'FailedCreatePodSandBox',
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "gvisor" is configured',
    );
    const report = ask(made, [told]);
    expect(causeCodes(report)).toEqual(['SVC240']);
    expect(report.causes[0]?.fixes[0]?.command).toContain('"runtimeClassName":null');
  });
});
