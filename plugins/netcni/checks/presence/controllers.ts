import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { sicknessOf } from '../../../../shared/model/sick-pods.ts';
import { plural } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { downControllers } from '../../facts/controllers.ts';
import { logCause } from '../../facts/log-causes.ts';
import { downNodes, nodeFacts } from '../../facts/nodes.ts';
import { presenceMessages } from '../../messages/presence.ts';
import { AGENT_USES } from './agent-uses.ts';

/** Deployments beside the agents on nodes that have no replica at work; nodes that wait for them are their consequence. */
export const controllerDown = defineCheck<ClusterSubject>({
  id: 'netcni/controller-down',
  group: 'agents',
  needs: ['Deployment'],
  uses: [...AGENT_USES, 'ReplicaSet', 'Event', 'CiliumNode', 'AntreaAgentInfo'],
  run: (_, { index, now }) =>
    downControllers(index).map(({ controller, deployment, pods }) => {
      const wanted = deployment.spec?.replicas ?? 1;
      const sick = pods.flatMap((pod) => {
        const sickness = sicknessOf(index, pod, now);
        return sickness === undefined ? [] : [{ ...sickness, cause: logCause(index, pod) }];
      });
      const [first] = sick;
      const onDown = sick.length > 0 && sick.every(({ node }) => downNodes(index).has(node));
      const waiting = [...new Set(controller.waiting?.(index) ?? [])].filter((name) => !downNodes(index).has(name));
      const why =
        first === undefined ? '' : ` (${first.reason}${first.cause === undefined ? '' : `: ${first.cause.meaning}`})`;
      // Its pods on nodes that are down are a consequence of that.
      const concerned = onDown ? sick.map(({ node }) => node) : waiting;
      return presenceMessages.CNI108.raise({
        subject: refOf(deployment, 'Deployment'),
        args: {
          title: controller.title,
          name: nameOf(deployment),
          namespace: namespaceOf(deployment),
          state: `0 of ${plural(wanted, 'replica')} available${why}`,
          does: controller.does,
          pod: first?.name ?? '',
        },
        ...(concerned.length === 0 ? {} : { pods: concerned.map(nodeKey) }),
        ...(waiting.length === 0
          ? {}
          : { severity: 'critical' as const, impact: waiting.length / Math.max(1, nodeFacts(index).length) }),
        evidence: [
          {
            fact: `0 of ${plural(wanted, 'replica')} available`,
            source: `Deployment ${namespaceOf(deployment)}/${nameOf(deployment)} status`,
          },
          ...sick.slice(0, 2).map(({ name, namespace, reason, message, cause, node }) => ({
            fact: `${name}${node === '' ? '' : ` on node ${node}`}: ${reason}${cause?.line === undefined && message === '' ? '' : `: ${cause?.line ?? message}`}`,
            source: `Pod ${namespace}/${name} status`,
          })),
        ],
      });
    }),
});
