import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { topOwner } from '../../../../shared/model/owners.ts';
import { nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { sicknessOf } from '../../../../shared/model/sick-pods.ts';
import { plural } from '../../../../shared/util/text.ts';
import type { ClusterSubject } from '../../cluster-subject.ts';
import { logCause } from '../../facts/log-causes.ts';
import { downNodes } from '../../facts/nodes.ts';
import { presenceMessages } from '../../messages/presence.ts';

interface Controller {
  readonly name: RegExp;
  readonly title: string;
  /** What stands still while it is down. */
  readonly does: string;
}

const CONTROLLERS: readonly Controller[] = [
  {
    name: /^calico-kube-controllers$/,
    title: 'Calico',
    does: 'addresses of pods and nodes that are gone are not cleaned up',
  },
  { name: /^calico-typha$/, title: 'Calico', does: 'agents that connect through Typha learn nothing new' },
  { name: /^tigera-operator$/, title: 'Calico', does: 'changes of the Installation are not carried out' },
  { name: /^calico-apiserver$/, title: 'Calico', does: 'objects of projectcalico.org/v3 cannot be read or written' },
  {
    name: /^cilium-operator(-generic|-aws|-azure)?$/,
    title: 'Cilium',
    does: 'nodes get no new address ranges, and stale endpoints stay',
  },
  { name: /^antrea-controller$/, title: 'Antrea', does: 'new policies reach no agent' },
  {
    name: /^(ovnkube-control-plane|ovnkube-master|ovnkube-db)$/,
    title: 'OVN-Kubernetes',
    does: 'new nodes get no range, and new pods on some layouts no port',
  },
  { name: /^(kube-ovn-controller|ovn-central)$/, title: 'Kube-OVN', does: 'new pods get no address' },
];

/** Deployments beside the agents on nodes that have no replica at work. */
export const controllerDown = defineCheck<ClusterSubject>({
  id: 'netcni/controller-down',
  group: 'agents',
  needs: ['Deployment'],
  uses: ['Pod', 'Node', 'ReplicaSet', 'DaemonSet', 'Event'],
  run: (_, { index, now }) =>
    index.list('Deployment').flatMap((deployment) => {
      const controller = CONTROLLERS.find(({ name }) => name.test(nameOf(deployment)));
      const wanted = deployment.spec?.replicas ?? 1;
      const available = deployment.status?.availableReplicas ?? 0;
      if (controller === undefined || deployment.status === undefined || wanted === 0 || available > 0) return [];
      const sick = podsOf(index, deployment).flatMap((pod) => {
        const sickness = sicknessOf(index, pod, now);
        return sickness === undefined ? [] : [{ ...sickness, pod, cause: logCause(index, pod) }];
      });
      const [first] = sick;
      const onDown = sick.length > 0 && sick.every(({ node }) => downNodes(index).has(node));
      // A Deployment that has just been rolled out has no available replica either.
      if (first === undefined && now - Date.parse(deployment.metadata?.creationTimestamp ?? '') < 120_000) return [];
      const why =
        first === undefined ? '' : ` (${first.reason}${first.cause === undefined ? '' : `: ${first.cause.meaning}`})`;
      return [
        presenceMessages.CNI108.raise({
          subject: refOf(deployment, 'Deployment'),
          args: {
            title: controller.title,
            name: nameOf(deployment),
            namespace: namespaceOf(deployment),
            state: `0 of ${plural(wanted, 'replica')} available${why}`,
            does: controller.does,
            pod: first?.name ?? '',
          },
          // Its pods on nodes that are down are a consequence of that.
          ...(onDown ? { pods: sick.map(({ node }) => `node/${node}`) } : {}),
          evidence: [
            {
              fact: `0 of ${plural(wanted, 'replica')} available`,
              source: `Deployment ${namespaceOf(deployment)}/${nameOf(deployment)} status`,
            },
            ...sick.slice(0, 2).map(({ name, namespace, reason, message, cause, node }) => ({
              fact: `${name} on node ${node}: ${reason}${cause?.line === undefined && message === '' ? '' : `: ${cause?.line ?? message}`}`,
              source: `Pod ${namespace}/${name} status`,
            })),
          ],
        }),
      ];
    }),
});

function podsOf(index: ClusterIndex, deployment: Workload): ReturnType<typeof listPods> {
  return listPods(index, namespaceOf(deployment)).filter((pod) => {
    const owner = topOwner(index, pod);
    return owner?.kind === 'Deployment' && owner.name === nameOf(deployment);
  });
}

function listPods(index: ClusterIndex, namespace: string) {
  return index.list('Pod', namespace);
}
