import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { sickEvidence } from '../../../../shared/diagnose/sick-evidence.ts';
import type { Evidence, Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Ingress } from '../../../../shared/model/objects-network.ts';
import { isReady } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { sicknessOf } from '../../../../shared/model/sick-pods.ts';
import { joinAnd, joinNames } from '../../../../shared/util/text.ts';
import { ingressMessages } from '../../messages/ingress.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { controllerOfIngress, controllerPods, controllersAtZero, workloadNames } from './controller-pods.ts';
import { hasIngress, inFront } from './in-front.ts';

/** The controller of an Ingress in front has no pod that is ready. */
export const ingressControllerDown = defineCheck<ServiceSubject>({
  id: 'netsvc/ingress-controller-down',
  group: 'ingress',
  needs: ['Ingress'],
  uses: ['IngressClass', 'Pod', 'ReplicaSet', 'Deployment', 'DaemonSet'],
  applies: hasIngress,
  run: (subject, context) =>
    inFront(context, subject, (ingress) => judgeController(context.index, ingress, context.now)),
});

/** Whether any pod of the controller is ready to take requests for the Ingress. */
export function judgeController(index: ClusterIndex, ingress: Ingress, now: number): readonly Finding[] {
  const controller = controllerOfIngress(index, ingress);
  const pods = controller === undefined ? [] : controllerPods(index, controller);
  if (controller !== undefined && pods.length === 0) return atZero(index, ingress, controller);
  if (pods.some(isReady)) return [];
  const sick = pods.flatMap((pod) => sicknessOf(index, pod, now) ?? []);
  const [first] = sick;
  if (first === undefined) return [];
  const what = {
    controller: joinAnd(workloadNames(index, pods).slice(0, 2)),
    reason: joinNames([...new Set(sick.map(({ reason }) => reason))], 2),
    message: first.message,
    pod: first.name,
    podNamespace: first.namespace,
    deployment: '',
  };
  return [
    down(
      ingress,
      what,
      sick.slice(0, 3).map((one) => sickEvidence(one, now)),
    ),
  ];
}

/** An address that the controller wrote before it was switched off proves nothing. */
function atZero(index: ClusterIndex, ingress: Ingress, controller: string): readonly Finding[] {
  const [off] = controllersAtZero(index, controller);
  if (off === undefined) return [];
  const name = `Deployment ${namespaceOf(off)}/${nameOf(off)}`;
  const what = { reason: 'it is scaled to 0', message: '', pod: '', podNamespace: namespaceOf(off) };
  return [
    down(ingress, { ...what, controller: name, deployment: nameOf(off) }, [
      { fact: 'spec.replicas is 0', source: name },
    ]),
  ];
}

type Down = Omit<Parameters<typeof ingressMessages.SVC723.raise>[0]['args'], 'ingress' | 'namespace'>;

function down(ingress: Ingress, what: Down, evidence: readonly Evidence[]): Finding {
  return ingressMessages.SVC723.raise({
    subject: refOf(ingress, 'Ingress'),
    args: { ingress: nameOf(ingress), namespace: namespaceOf(ingress), ...what },
    impact: 0.5,
    evidence,
  });
}
