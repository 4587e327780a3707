import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { parseCidr } from '../../../../shared/util/addresses.ts';
import { patchLine } from '../../../../shared/util/kubectl.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import type { ServiceSubject } from '../../service-subject.ts';

const ANNOTATION = 'service.beta.kubernetes.io/load-balancer-source-ranges';

/** loadBalancerSourceRanges: who may come in, told as a note; a range that cannot be read lets nobody in. */
export const sourceRanges = defineCheck<ServiceSubject>({
  id: 'netsvc/source-ranges',
  group: 'exposure',
  needs: [],
  applies: ({ type }) => type === 'LoadBalancer',
  run: (subject) => {
    const field = subject.service.spec?.loadBalancerSourceRanges ?? [];
    const annotated = (subject.service.metadata?.annotations?.[ANNOTATION] ?? '').split(',');
    const ranges = (field.length > 0 ? field : annotated).map((range) => range.trim()).filter((range) => range !== '');
    if (ranges.length === 0 || ranges.includes('0.0.0.0/0')) return [];
    const broken = ranges.filter((range) => !range.includes('/') || parseCidr(range) === undefined);
    return [
      exposureMessages.SVC553.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          ranges: joinNames(ranges, 4),
          broken: joinNames(broken, 4),
          fixes: [openToAll(subject, field)],
        },
        severity: broken.length > 0 ? 'warning' : 'info',
        evidence: [
          {
            fact: ranges.join(', '),
            source: `${formatRef(subject.ref)} ${field.length > 0 ? 'spec.loadBalancerSourceRanges' : ANNOTATION}`,
          },
        ],
      }),
    ];
  },
});

/** The limit is taken out wherever it stands: without the field the annotation counts (GetLoadBalancerSourceRanges). */
function openToAll({ namespace, name, service }: ServiceSubject, field: readonly string[]): Fix {
  const annotation = service.metadata?.annotations?.[ANNOTATION];
  const patch = (ranges: readonly string[] | null, text: string | null): string =>
    patchLine('service', namespace, name, {
      ...(annotation === undefined ? {} : { metadata: { annotations: { [ANNOTATION]: text } } }),
      ...(field.length === 0 ? {} : { spec: { loadBalancerSourceRanges: ranges } }),
    });
  return {
    title: 'let everybody in',
    command: patch(null, null),
    risk: 'high',
    undo: patch(field, annotation ?? null),
  };
}
