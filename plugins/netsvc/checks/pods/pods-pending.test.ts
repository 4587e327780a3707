import { describe, expect, it } from 'vitest';
import type { KubeObject, Node } from '../../../../shared/model/objects.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { unschedulable, withoutPlace } from '../../../../shared/testing/broken-pods.ts';
import { deployment, event, node, pod, secondsAgo, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web');
const TAIL =
  ' no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.';

function ask(made: Pod, ...more: KubeObject[]) {
  return diagnoseObjects([web, deployment('web'), made, ...more], 'web');
}

const allocatable = (name: string, cpu: string): Node => ({
  ...node(name),
  status: { ...node(name).status, allocatable: { cpu, memory: '8Gi' } },
});

describe('pods-pending', () => {
  it('compares the request with the largest node', () => {
    const made = unschedulable(
      'web-6f9c-a',
      `0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient cpu.${TAIL}`,
      { of: 'web', containers: [{ name: 'app', resources: { requests: { cpu: '16' } } }] },
    );
    const report = ask(made, allocatable('n1', '4'), allocatable('n2', '8'));
    expect(causeCodes(report)).toEqual(['SVC213']);
    expect(report.headline).toBe(
      'Pod web-6f9c-a of Deployment web cannot be scheduled (Pending): 0/3 nodes are available: 2 Insufficient cpu, 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }; each pod requests cpu 16, the largest node (n2) has 8 allocatable',
    );
    expect(report.causes[0]?.fixes[0]?.command).toContain('"requests":{"cpu":"4"}');
    expect(report.causes[0]?.fixes[0]?.undo).toContain('"requests":{"cpu":"16"}');
  });

  it('names the node selector, and the value that nodes have', () => {
    const made = unschedulable(
      'web-6f9c-a',
      `0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.${TAIL}`,
      {
        of: 'web',
        spec: { nodeSelector: { disktype: 'sdd' } },
      },
    );
    const ssd = { ...node('n1'), metadata: { ...node('n1').metadata, labels: { disktype: 'ssd' } } };
    const report = ask(made, ssd);
    expect(causeCodes(report)).toEqual(['SVC214']);
    expect(report.headline).toContain('the pod asks for disktype=sdd, nodes have disktype ssd');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"nodeSelector":{"disktype":"ssd"}');
  });

  it('names required node affinity', () => {
    const made = unschedulable(
      'web-6f9c-a',
      "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.",
      {
        of: 'web',
        spec: {
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [
                  { matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['z9'] }] },
                ],
              },
            },
          },
        },
      },
    );
    expect(ask(made, node('n1')).headline).toContain(
      'the pod asks for topology.kubernetes.io/zone in (z9), nodes have topology.kubernetes.io/zone z1',
    );
  });

  it('names the taint, its node, and both ways out', () => {
    const made = unschedulable(
      'web-6f9c-a',
      '0/1 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu}.',
      { of: 'web' },
    );
    const tainted = { ...node('n1'), spec: { taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }] } };
    const report = ask(made, tainted);
    expect(causeCodes(report)).toEqual(['SVC215']);
    expect(report.headline).toContain('untolerated taint {dedicated: gpu}; n1 has taint dedicated=gpu:NoSchedule');
    expect(report.causes[0]?.fixes.map((fix) => fix.command)).toEqual([
      'kubectl taint node n1 dedicated=gpu:NoSchedule-',
      `kubectl patch deployment web -n shop -p '{"spec":{"template":{"spec":{"tolerations":[{"key":"dedicated","operator":"Equal","value":"gpu","effect":"NoSchedule"}]}}}}'`,
    ]);
  });

  it('needs no nodes to tell a taint', () => {
    const made = unschedulable(
      'web-6f9c-a',
      '0/1 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu}.',
      { of: 'web' },
    );
    const report = diagnoseObjects([web, deployment('web'), made], 'web', { except: { Node: 'forbidden' } });
    expect(causeCodes(report)).toEqual(['SVC215']);
    expect(report.causes[0]?.fixes[0]?.command).toContain('"tolerations":[{"key":"dedicated"');
  });

  it('tells claims that are not bound or do not exist', () => {
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
    const made = unschedulable(
      'web-6f9c-a',
      '0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found',
      {
        of: 'web',
        spec: { volumes },
      },
    );
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'shop' },
      spec: { storageClassName: 'fast' },
      status: { phase: 'Pending' },
    };
    const report = ask(made, claim);
    expect(causeCodes(report)).toEqual(['SVC217']);
    expect(report.headline).toContain('claim data is Pending (storageClassName fast)');
    const absent = unschedulable(
      'web-6f9c-a',
      '0/2 nodes are available: persistentvolumeclaim "data" not found. not found',
      { of: 'web', spec: { volumes } },
    );
    expect(ask(absent).headline).toContain('claim data does not exist in namespace shop');
  });

  it('tells anti-affinity, and how many fit', () => {
    const affinity = {
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname' }] },
    };
    const message = `0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules.${TAIL}`;
    const pods = [
      pod('web-6f9c-a', {
        meta: { ownerReferences: [{ kind: 'ReplicaSet', name: 'web-6f9c', controller: true }] },
        labels: { app: 'web', 'pod-template-hash': '6f9c' },
      }),
      unschedulable('web-6f9c-b', message, { of: 'web', spec: { affinity } }),
    ];
    const owner = {
      ...deployment('web', { app: 'web' }, { replicas: 2 }),
      status: { observedGeneration: 1, replicas: 2, readyReplicas: 1 },
    };
    const report = diagnoseObjects([web, owner, ...pods, node('n1'), ...slicesFor(web, pods)], 'web');
    expect(causeCodes(report)).toEqual(['SVC218']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('1 of 2 pods of Deployment web (web-6f9c-b)');
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl scale deployment/web -n shop --replicas=1');
  });

  it('tells topology spread constraints', () => {
    const made = unschedulable(
      'web-6f9c-a',
      `0/2 nodes are available: 2 node(s) didn't match pod topology spread constraints (missing required label).${TAIL}`,
      {
        of: 'web',
        spec: { topologySpreadConstraints: [{ topologyKey: 'rack', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }] },
      },
    );
    const report = ask(made, node('n1'));
    expect(causeCodes(report)).toEqual(['SVC218']);
    expect(report.headline).toContain('topologyKey rack, maxSkew 1, 0 of 1 nodes carry that label');
  });

  it('tells that a tainted node counts as an empty place, and how not to count it', () => {
    const spread = { topologyKey: 'kubernetes.io/hostname', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' };
    const message =
      "0/2 nodes are available: 1 node(s) didn't match pod topology spread constraints, " +
      `1 node(s) had untolerated taint {maintenance: true}.${TAIL}`;
    const made = unschedulable('web-6f9c-a', message, { of: 'web', spec: { topologySpreadConstraints: [spread] } });
    const [cause] = ask(made, node('n1'), node('n2')).causes;
    expect(cause?.code).toBe('SVC218');
    expect(cause?.summary).toContain('maintenance: true');
    expect(cause?.summary).toContain('count as empty places (nodeTaintsPolicy Ignore)');
    expect(cause?.fixes[0]?.command).toContain('"nodeTaintsPolicy":"Honor"');

    const honest = [{ ...spread, nodeTaintsPolicy: 'Honor' }];
    const other = unschedulable('web-6f9c-a', message, { of: 'web', spec: { topologySpreadConstraints: honest } });
    expect(ask(other, node('n1'), node('n2')).causes[0]?.fixes[0]?.command).toContain('ScheduleAnyway');
  });

  it('tells cordoned nodes by name', () => {
    const made = unschedulable('web-6f9c-a', '0/1 nodes are available: 1 node(s) were unschedulable.', { of: 'web' });
    const cordoned: Node = { ...node('n1'), spec: { unschedulable: true } };
    const report = ask(made, cordoned);
    expect(causeCodes(report)).toEqual(['SVC220']);
    expect(report.headline).toContain('cordoned: n1');
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl uncordon n1');
  });

  it('looks up on the nodes the taint that the scheduler no longer names, control-plane nodes last', () => {
    const message =
      '0/4 nodes are available: 1 Insufficient cpu, 3 node(s) had untolerated taint(s). preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling.';
    const made = unschedulable('web-6f9c-a', message, {
      of: 'web',
      containers: [{ name: 'app', resources: { requests: { cpu: '8' } } }],
    });
    const tainted = (name: string, key: string, value = ''): Node => ({
      ...node(name),
      spec: { taints: [{ key, value, effect: 'NoSchedule' }] },
    });
    const planes = ['p1', 'p2', 'p3'].map((name) => tainted(name, 'node-role.kubernetes.io/control-plane'));
    expect(causeCodes(ask(made, ...planes, allocatable('n1', '4')))).toEqual(['SVC213']);
    const gpus = ['g1', 'g2'].map((name) => tainted(name, 'dedicated', 'gpu'));
    const report = ask(made, ...planes.slice(0, 1), ...gpus, allocatable('n1', '4'));
    expect(causeCodes(report)).toEqual(['SVC215']);
    expect(report.headline).toContain('2 node(s) had untolerated taint {dedicated: gpu}');
  });

  it('does not ask to take off a taint that the kubelet sets', () => {
    const made = unschedulable(
      'web-6f9c-a',
      '0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }.',
      { of: 'web' },
    );
    const short: Node = {
      ...node('n1'),
      spec: { taints: [{ key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' }] },
      status: {
        conditions: [
          { type: 'Ready', status: 'True' },
          { type: 'DiskPressure', status: 'True', reason: 'KubeletHasDiskPressure' },
        ],
      },
    };
    const report = ask(made, short);
    expect(causeCodes(report)[0]).toBe('SVC220');
    expect(report.headline).toContain('(n1: DiskPressure)');
    expect(report.causes[0]?.fixes.map((fix) => fix.command)).toEqual(['kubectl describe node n1']);
  });

  it('tells scheduling gates and schedulers that nobody runs', () => {
    const gated = withoutPlace(
      pod('web-1', {
        spec: { schedulingGates: [{ name: 'example.com/quota' }] },
        status: {
          phase: 'Pending',
          conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
        },
      }),
    );
    const report = diagnoseObjects([web, gated], 'web');
    expect(causeCodes(report)).toEqual(['SVC219']);
    expect(report.headline).toContain('example.com/quota');
    const unseen = withoutPlace(
      pod('web-1', {
        spec: { schedulerName: 'my-scheduler' },
        meta: { creationTimestamp: secondsAgo(90) },
        status: { phase: 'Pending', conditions: [] },
      }),
    );
    const other = diagnoseObjects([web, unseen], 'web');
    expect(causeCodes(other)).toEqual(['SVC221']);
    expect(other.headline).toContain('spec.schedulerName is my-scheduler');
  });

  it('names the scheduler that crashes, and not one of which another pod is ready', () => {
    const waiting = withoutPlace(
      pod('web-1', { meta: { creationTimestamp: secondsAgo(90) }, status: { phase: 'Pending', conditions: [] } }),
    );
    const labels = { component: 'kube-scheduler' };
    const scheduler = (name: string, ready: boolean): Pod => pod(name, { namespace: 'kube-system', labels, ready });
    const down = diagnoseObjects([web, waiting, scheduler('kube-scheduler-cp1', false)], 'web');
    expect(down.headline).toContain('kube-scheduler does not run (kube-scheduler-cp1: not ready');
    const pair = [scheduler('kube-scheduler-cp1', false), scheduler('kube-scheduler-cp2', true)];
    expect(diagnoseObjects([web, waiting, ...pair], 'web').headline).toContain(
      'spec.schedulerName is default-scheduler',
    );
  });

  it('gives the scheduler some seconds', () => {
    const young = withoutPlace(
      pod('web-1', { meta: { creationTimestamp: secondsAgo(2) }, status: { phase: 'Pending', conditions: [] } }),
    );
    const pods = [pod('web-0'), young];
    expect(diagnoseObjects([web, ...pods, ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
  });

  it('does not ask for less of a device, of which limit and request must be equal', () => {
    const made = unschedulable('web-6f9c-a', `0/2 nodes are available: 2 Insufficient nvidia.com/gpu.${TAIL}`, {
      of: 'web',
      containers: [{ name: 'app', resources: { limits: { 'nvidia.com/gpu': '1' } } }],
    });
    const report = ask(made, allocatable('n1', '4'));
    expect(report.headline).toContain('each pod requests nvidia.com/gpu 1, no node offers any');
    expect(report.causes[0]?.fixes.map(({ command }) => command)).toEqual([
      "kubectl get nodes -o 'custom-columns=NODE:.metadata.name,ALLOCATABLE:.status.allocatable.nvidia\\.com/gpu'",
    ]);
  });

  it('lists how many pods the nodes take when they are full', () => {
    const made = unschedulable('web-6f9c-a', `0/2 nodes are available: 2 Too many pods.${TAIL}`, { of: 'web' });
    const report = ask(made, allocatable('n1', '4'));
    expect(causeCodes(report)).toEqual(['SVC213']);
    expect(report.causes[0]?.fixes[0]?.command).toContain('.status.allocatable.pods');
  });

  it('tells that the former pods were preempted', () => {
    const made = unschedulable('web-6f9c-a', `0/1 nodes are available: 1 Insufficient cpu.${TAIL}`, {
      of: 'web',
      containers: [{ name: 'app', resources: { requests: { cpu: '2' } } }],
      meta: { generateName: 'web-6f9c-' },
    });
    const gone = event(pod('web-6f9c-z'), 'Preempted', 'Preempted by pod 0a1b on node n1');
    const report = ask(made, allocatable('n1', '4'), gone);
    expect(report.causes[0]?.evidence.map(({ fact }) => fact).join()).toContain('Preempted by pod 0a1b on node n1');
  });

  it('does not call a claim missing that is being deleted', () => {
    const made = unschedulable(
      'web-6f9c-a',
      `0/1 nodes are available: persistentvolumeclaim "data" is being deleted.${TAIL}`,
      {
        of: 'web',
        spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] },
      },
    );
    const report = diagnoseObjects([web, deployment('web'), made], 'web', {
      except: { PersistentVolumeClaim: 'notCollected' },
    });
    expect(causeCodes(report)).toEqual(['SVC217']);
    expect(report.headline).not.toContain('does not exist');
  });

  it('names the labels of an affinity that no pod carries', () => {
    const made = unschedulable(
      'web-6f9c-a',
      `0/1 nodes are available: 1 node(s) didn't match pod affinity rules.${TAIL}`,
      {
        of: 'web',
        spec: {
          affinity: {
            podAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'cache' } } },
              ],
            },
          },
        },
      },
    );
    expect(ask(made, node('n1')).headline).toContain(
      'required podAffinity to pods with app=cache by kubernetes.io/hostname, and no pod of the namespace carries these labels',
    );
    const cache = pod('cache-0', { labels: { app: 'cache' } });
    expect(ask(made, node('n1'), cache).headline).not.toContain('no pod of the namespace');
  });

  it('names the volume that is on other nodes, and what the pod asks of its node', () => {
    const made = unschedulable(
      'web-6f9c-a',
      `0/2 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity, 1 node(s) didn't match Pod's node affinity/selector.${TAIL}`,
      {
        of: 'web',
        spec: {
          nodeSelector: { 'kubernetes.io/hostname': 'n2' },
          volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }],
        },
      },
    );
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'shop', uid: 'c' },
      spec: { volumeName: 'pv-7' },
      status: { phase: 'Bound' },
    };
    const report = ask(made, claim, node('n1'));
    expect(causeCodes(report)).toEqual(['SVC217']);
    expect(report.headline).toContain('claim data is Bound; the pod asks for kubernetes.io/hostname=n2');
    expect(report.causes[0]?.fixes[0]?.command).toContain('kubectl get pv pv-7');
  });

  it('says that the storage class of a claim does not exist', () => {
    const made = unschedulable(
      'web-6f9c-a',
      '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
      {
        of: 'web',
        spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] },
      },
    );
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'shop', uid: 'c' },
      spec: { storageClassName: 'fast' },
      status: { phase: 'Pending' },
    };
    const told = event(claim, 'ProvisioningFailed', 'storageclass.storage.k8s.io "fast" not found');
    const report = ask(made, claim, told, node('n1'));
    expect(report.headline).toContain('claim data is Pending (storageClassName fast, which does not exist)');
    expect(report.causes[0]?.fixes.map((fix) => fix.command)).toContain(
      `kubectl patch pvc data -n shop --type=merge -p '{"spec":{"storageClassName":"<CLASS>"}}' --dry-run=client -o json | kubectl replace --force -f -`,
    );
  });

  it('blames the cordon of the node that has the label, not the label', () => {
    const made = unschedulable(
      'web-6f9c-a',
      `0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) were unschedulable.${TAIL}`,
      { of: 'web', spec: { nodeSelector: { disktype: 'ssd' } } },
    );
    const plain = node('n1');
    const ssd = {
      ...plain,
      metadata: { ...plain.metadata, labels: { disktype: 'ssd' } },
      spec: { ...plain.spec, unschedulable: true },
    };
    const report = ask(made, ssd, node('n2'));
    expect(causeCodes(report)).toEqual(['SVC220']);
    expect(report.headline).toContain('(cordoned: n1); the pod asks for disktype=ssd');
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl uncordon n1');
  });
});
