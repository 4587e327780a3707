import type { KubeObject } from '../../../shared/model/objects.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import { node, ownedBy, pod, secondsAgo, service, slicesFor, workload } from '../../../shared/testing/builders.ts';

/** A DaemonSet of kube-system with a pod on each node; nodes named in `sick` have one that crashes. */
export function agents(name: string, nodes: readonly string[], sick: readonly string[] = []): readonly KubeObject[] {
  const set: Workload = {
    ...workload('DaemonSet', name, { 'k8s-app': name }, {}, { namespace: 'kube-system' }),
    status: { desiredNumberScheduled: nodes.length, numberReady: nodes.length - sick.length },
  };
  return [set, ...nodes.map((on) => systemPod(`${name}-${on}`, on, name, !sick.includes(on)))];
}

/** A pod of kube-system, ready or in CrashLoopBackOff for ten minutes. */
export function systemPod(name: string, on: string, set: string, ready = true, owner = 'DaemonSet'): Pod {
  const made = pod(name, {
    namespace: 'kube-system',
    node: on,
    labels: { 'k8s-app': set },
    ready,
    meta: ownedBy(owner, set),
  });
  return ready ? made : crashing(made);
}

/** The same pod in CrashLoopBackOff after exit code 1. */
export function crashing(made: Pod): Pod {
  const container = made.spec?.containers?.[0]?.name ?? 'app';
  const since = secondsAgo(600);
  return {
    ...made,
    status: {
      ...made.status,
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: since }],
      containerStatuses: [
        {
          name: container,
          ready: false,
          restartCount: 7,
          state: {
            waiting: { reason: 'CrashLoopBackOff', message: `back-off 5m0s restarting failed container=${container}` },
          },
          lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: since } },
        },
      ],
    },
  };
}

/** Deployment coredns with these pods, and Service kube-dns in front of them. */
export function clusterDns(pods: readonly Pod[], replicas = pods.length): readonly KubeObject[] {
  const labels = { 'k8s-app': 'kube-dns' };
  const ready = pods.filter((one) => one.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'));
  const deployment: Workload = {
    ...workload('Deployment', 'coredns', labels, { replicas }, { namespace: 'kube-system' }),
    status: { replicas, readyReplicas: ready.length },
  };
  const dns = service(
    'kube-dns',
    {
      selector: labels,
      clusterIP: '10.96.0.10',
      clusterIPs: ['10.96.0.10'],
      ports: [{ name: 'dns', port: 53, protocol: 'UDP' }],
    },
    { namespace: 'kube-system', labels },
  );
  return [deployment, dns, ...pods, ...slicesFor(dns, pods)];
}

/** A DNS pod of kube-system. */
export function dnsPod(name: string, ready = true): Pod {
  return systemPod(name, 'n1', 'kube-dns', ready, 'ReplicaSet');
}

/** A sound Service `web` with a pod on n1 and one on n2, and both nodes. */
export function soundWeb(): readonly KubeObject[] {
  const web = service('web');
  const pods = [pod('web-1', { node: 'n1' }), pod('web-2', { node: 'n2' })];
  return [web, ...pods, ...slicesFor(web, pods), node('n1'), node('n2')];
}
