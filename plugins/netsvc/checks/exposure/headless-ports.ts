import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { declaredPorts, resolveTargetPort } from '../../../../shared/model/pods.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { joinAnd } from '../../../../shared/util/text.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';

/**
 * A headless name answers with the addresses of pods, and nothing rewrites the port on the way: callers must use the
 * target port. Whether a caller uses the other one shows in the check of callers.
 */
export const headlessPorts = defineCheck<ServiceSubject>({
  id: 'netsvc/headless-ports',
  group: 'exposure',
  needs: ['Pod'],
  applies: (subject) => subject.headless && subject.selector !== undefined,
  run: (subject, { index }) => {
    const pods = subjectPods(index, subject);
    const moved = subject.ports.flatMap((port) => {
      const targets = [...new Set(pods.flatMap((pod) => resolveTargetPort(pod.spec, port) ?? []))];
      const served = pods.some((pod) => declaredPorts(pod.spec).some((own) => own.port === port.port));
      return targets.length === 0 || targets.includes(port.port ?? 0) || served ? [] : [{ port, targets }];
    });
    if (moved.length === 0) return [];
    return [
      exposureMessages.SVC563.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          name: subject.name,
          ports: joinAnd(moved.map(({ port }) => String(port.port ?? 0))),
          targets: joinAnd(moved.map(({ targets }) => targets.join(' or '))),
        },
        evidence: [
          { fact: 'clusterIP is None', source: `${formatRef(subject.ref)} spec.clusterIP` },
          ...moved.map(({ port, targets }) => ({
            fact: `port ${port.port ?? 0} means ${targets.join(' or ')} on the pods, which declare no port ${port.port ?? 0}`,
            source: `${formatRef(subject.ref)} spec.ports`,
          })),
        ],
      }),
    ];
  },
});
