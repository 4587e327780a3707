import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { weightIn } from '../../../../shared/diagnose/denial-weight.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Ingress } from '../../../../shared/model/objects-network.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { formatRef, nameOf, refOf } from '../../../../shared/model/refs.ts';
import { POLICY_FACT_KINDS, policyModelOf } from '../../../../shared/policy/model-of-index.ts';
import { type CallerPort, callerAccess } from '../../../../shared/policy/services/caller-access.ts';
import { joinAnd } from '../../../../shared/util/text.ts';
import { policyMessages } from '../../messages/policy.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { controllerOfIngress, controllerPods, workloadNames } from '../ingress/controller-pods.ts';
import { hasIngress, inFront } from '../ingress/in-front.ts';
import { formatRoute, type Route, routesOf } from '../ingress/routes.ts';
import { letThroughFixes } from './caller-fixes.ts';
import { decidingPolicies, deniedSide, missesOf } from './walk-misses.ts';

/** Policies that keep the controller of an Ingress in front away from the pods: callers outside get a gateway timeout. */
export const policyKeepsIngressOut = defineCheck<ServiceSubject>({
  id: 'netsvc/policy-keeps-the-ingress-out',
  group: 'policy',
  needs: ['NetworkPolicy', 'Pod', 'Ingress'],
  uses: [
    'IngressClass',
    'Service',
    'ReplicaSet',
    ...POLICY_FACT_KINDS.filter((kind) => kind !== 'NetworkPolicy' && kind !== 'Pod'),
  ],
  applies: (subject, context) => subject.selector !== undefined && hasIngress(subject, context),
  run: (subject, context) => {
    const asked = context.via?.kind === 'Ingress';
    return inFront(context, subject, (ingress) => judge(context.index, subject, ingress, asked));
  },
});

function judge(index: ClusterIndex, subject: ServiceSubject, ingress: Ingress, asked: boolean): readonly Finding[] {
  const controller = controllerOfIngress(index, ingress);
  const callers = controller === undefined ? [] : controllerPods(index, controller);
  const routes = routesOf(ingress).filter((route) => route.service === subject.name);
  const [first] = callers;
  if (first === undefined || routes.length === 0) return [];
  const pods = subjectPods(index, subject);
  const model = policyModelOf(index);
  const used = (port: CallerPort): boolean => routes.some((route) => leadsTo(route, port));
  const access = callers.map((caller) => callerAccess(model, caller, subject.service, pods).ports.filter(used));
  return (access[0] ?? []).flatMap((port, at) => {
    // One controller pod that gets through is enough to doubt what is wrong.
    const shut = access.every((ports) => isShut(ports[at]));
    const walk = deniedSide(port);
    if (!shut || walk === undefined) return [];
    const misses = missesOf(walk, { service: subject.service, port });
    const weight = weightIn(index);
    return [
      policyMessages.SVC608.raise({
        subject: refOf(ingress, 'Ingress'),
        severity: !asked && weight.severity === 'critical' ? 'warning' : weight.severity,
        confidence: weight.confidence,
        impact: 0.5,
        args: {
          policies: decidingPolicies(walk),
          controller: joinAnd(workloadNames(index, callers).slice(0, 2)),
          ingress: `${subject.namespace}/${nameOf(ingress)}`,
          service: `${subject.namespace}/${subject.name}`,
          port: `port ${port.told?.port ?? port.targetPort}/${port.protocol}`,
          why: misses[0]?.words ?? '',
          enforcement: weight.words,
          fixes: letThroughFixes(index, walk, first, subject.service, port, misses),
        },
        evidence: [
          {
            fact: `${routes.map(formatRoute).slice(0, 3).join(', ')} → Service ${subject.name}`,
            source: `${formatRef(refOf(ingress, 'Ingress'))} spec.rules`,
          },
          ...misses.slice(0, 3).map(({ words, policy }) => ({ fact: words, source: formatRef(policy) })),
          ...podEvidence(first),
          ...weight.evidence,
        ],
      }),
    ];
  });
}

function leadsTo({ port }: Route, { servicePort, name }: CallerPort): boolean {
  if (port.number === undefined && port.name === undefined) return true;
  return port.number === undefined ? port.name === name : port.number === servicePort;
}

function isShut(port: CallerPort | undefined): boolean {
  return port !== undefined && port.no.length > 0 && port.yes.length === 0 && port.depends.length === 0;
}

function podEvidence(pod: Pod): readonly { readonly fact: string; readonly source: string }[] {
  return [{ fact: 'forwards the requests of this Ingress', source: formatRef(refOf(pod, 'Pod')) }];
}
