import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { PodClass } from '../../../../shared/policy/many/classes.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import { hasPort, isAllPorts, type PortRange, toPortRanges } from '../../../../shared/policy/rules/port-set.ts';
import { DIRECTIONS, type Direction, type Rule } from '../../../../shared/policy/rules/rules.ts';
import { declaredPortsOf, resolveNamedPort } from '../../../../shared/policy/rules/units.ts';
import { joinAnd } from '../../../../shared/util/text.ts';
import { atField, changeFix } from '../../lint/places.ts';
import type { PolicySubject } from '../../lint/policy-subject.ts';
import { type Translation, translationsOf } from '../../lint/service-ports.ts';
import { portMessages } from '../../messages/ports.ts';
import { ruleWords } from '../../words/policies.ts';
import { destinationsOf, portPlace } from './destinations.ts';

/** A rule opens the number under which a Service listens, and nothing on the pods behind it listens there. */
export const servicePortInsteadOfTargetPort = defineCheck<PolicySubject>({
  id: 'netpol/service-port-instead-of-target-port',
  group: 'ports',
  needs: ['Pod', 'Service'],
  uses: POLICY_FACT_KINDS.filter((kind) => kind !== 'Pod'),
  run: (subject, { index }) =>
    DIRECTIONS.flatMap((direction) =>
      (subject.compiled?.[direction] ?? []).flatMap((rule) => judge(index, subject, direction, rule)),
    ),
});

function judge(index: ClusterIndex, subject: PolicySubject, direction: Direction, rule: Rule): readonly Finding[] {
  if (rule.action !== 'allow' || isAllPorts(rule.ports.fixed)) return [];
  const single = toPortRanges(rule.ports.fixed).filter(({ from, to }) => from === to);
  if (single.length === 0) return [];
  const destinations = destinationsOf(index, subject, direction, rule);
  return single.flatMap((port) => {
    const all = destinations.flatMap((cls) => translationsOf(index, cls).map((translation) => ({ cls, translation })));
    const behind = all.filter(
      ({ translation: { protocol, servicePort } }) => protocol === port.protocol && servicePort === port.from,
    );
    if (behind.length === 0 || isServed(port, destinations, all)) return [];
    // Where all the targets are opened by this policy, the number is left over and does no harm.
    const closed = behind.filter(
      ({ cls, translation }) => translation.targets.length > 0 && !isOpened(subject, direction, cls, translation),
    );
    const [first] = closed;
    return first === undefined ? [] : [raise(index, subject, direction, rule, port, closed)];
  });
}

interface Behind {
  readonly cls: PodClass;
  readonly translation: Translation;
}

/** Whether some destination listens on the number itself: it declares it, or another Service leads there. */
function isServed(port: PortRange, destinations: readonly PodClass[], all: readonly Behind[]): boolean {
  const { protocol, from } = port;
  return (
    all.some(({ translation }) => translation.protocol === protocol && translation.targets.includes(from)) ||
    destinations.some(({ pods }) =>
      pods.some((pod) =>
        declaredPortsOf(pod).some((declared) => declared.protocol === protocol && declared.number === from),
      ),
    )
  );
}

function isOpened(
  { compiled }: PolicySubject,
  direction: Direction,
  { unit }: PodClass,
  translation: Translation,
): boolean {
  const { protocol, targets } = translation;
  return targets.every((target) =>
    (compiled?.[direction] ?? []).some(
      ({ action, ports }) =>
        action === 'allow' &&
        (hasPort(ports.fixed, protocol, target) ||
          ports.named.some((named) => hasPort(resolveNamedPort(unit.pod, named), protocol, target))),
    ),
  );
}

function raise(
  index: ClusterIndex,
  subject: PolicySubject,
  direction: Direction,
  rule: Rule,
  { protocol, from }: PortRange,
  closed: readonly Behind[],
): Finding {
  const targets = [...new Set(closed.flatMap(({ translation }) => translation.targets))].sort((a, b) => a - b);
  const services = [
    ...new Set(
      closed.map(
        ({ translation: { service } }) => `${service.metadata?.namespace ?? ''}/${service.metadata?.name ?? ''}`,
      ),
    ),
  ].sort();
  const place = portPlace(subject, direction, rule, from);
  const [target] = targets;
  const declares = closed.some(({ cls }) => declaredPortsOf(cls.unit.pod).length > 0);
  return portMessages.POL202.raise({
    subject: subject.ref,
    confidence: declares ? 'likely' : 'possible',
    args: {
      rule: ruleWords(subject.ref, direction, rule),
      port: `${protocol} ${from}`,
      service: joinAnd(services.slice(0, 2)),
      targets: joinAnd(targets.slice(0, 4).map((port) => `${protocol} ${port}`)),
      fixes:
        place === undefined || target === undefined
          ? []
          : [
              changeFix(index, subject, {
                title: `open the pods' port ${target} instead`,
                op: 'replace',
                path: place.path,
                value: target,
                old: from,
                risk: 'low',
              }),
            ],
    },
    evidence: [
      atField(index, subject, place?.field ?? `spec.${direction}[${rule.index}].ports`, `${protocol} ${from}`),
      ...closed.slice(0, 2).map(({ translation: { service, servicePort, targets: ports } }) => ({
        fact: `port ${servicePort} leads to ${ports.join(', ')} on the pods`,
        source: `Service ${service.metadata?.namespace ?? ''}/${service.metadata?.name ?? ''} spec.ports`,
      })),
    ],
  });
}
