import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import { isProvenAbsent } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Labels } from '../../../../shared/model/objects.ts';
import type { Service } from '../../../../shared/model/objects-network.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { controllerOf } from '../../../../shared/model/owners.ts';
import { isReady, isTerminating, podKey } from '../../../../shared/model/pods.ts';
import { formatRef, nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { formatLabels, matchesLabels } from '../../../../shared/model/selectors.ts';
import { isHeadless, podsOf, selectorOf } from '../../../../shared/model/services.ts';
import { patchLine } from '../../../../shared/util/kubectl.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { unresolvedPods } from '../pods/dependencies/unresolved-pods.ts';

/**
 * The StatefulSets behind a Service and the Service that governs them (spec.serviceName), by which each pod gets a name
 * of its own. Without that Service, or when it does not select the pods, names such as `db-0.db` do not exist.
 */
export const statefulSetService = defineCheck<ServiceSubject>({
  id: 'netsvc/stateful-set-service',
  group: 'exposure',
  needs: ['StatefulSet'],
  uses: ['Service', 'Pod', 'Event', 'Node'],
  applies: (subject, { index }) => subjectPods(index, subject).some((pod) => controllerOf(pod)?.kind === 'StatefulSet'),
  run: (subject, { index }) => {
    const selector = subject.selector ?? {};
    return index
      .list('StatefulSet', subject.namespace)
      .filter((set) => matchesLabels(selector, set.spec?.template?.metadata?.labels))
      .flatMap((set) => judge(index, subject, set).map((finding) => beforeMembers(index, subject, set, finding)));
  },
});

/** Below what any container can do by itself. */
const ROOT = 5;

/** Members that end because the names of the others do not resolve are its consequences. */
function beforeMembers(index: ClusterIndex, subject: ServiceSubject, set: Workload, finding: Finding): Finding {
  if (unresolvedPods(index, subject, new RegExp(`\\b${nameOf(set)}-\\d+\\.`)).length === 0) return finding;
  // What one of them wrote is read, and holds for all.
  const members = subjectPods(index, subject).filter((pod) => !isReady(pod) && controllerOf(pod)?.name === nameOf(set));
  return { ...finding, rung: ROOT, pods: members.map(podKey) };
}

/** Lets the governing Service select the pods, where it selects none that it would lose. */
function selectingFixes(index: ClusterIndex, service: Service, set: Workload): readonly Fix[] {
  const [old, right] = [selectorOf(service) ?? {}, set.spec?.selector?.matchLabels ?? {}];
  if (podsOf(index, service).length > 0) return [];
  const change = (from: Labels, to: Labels): string => {
    const gone = Object.keys(from).filter((key) => !(key in to));
    const selector = { ...Object.fromEntries(gone.map((key) => [key, null])), ...to };
    return patchLine('service', namespaceOf(service), nameOf(service), { spec: { selector } });
  };
  return [
    {
      title: `let Service ${nameOf(service)} select these pods`,
      command: change(old, right),
      risk: 'low',
      undo: change(right, old),
    },
  ];
}

function judge(index: ClusterIndex, subject: ServiceSubject, set: Workload): readonly Finding[] {
  const governing = set.spec?.serviceName ?? '';
  if (governing === '' || set.spec?.replicas === 0) return [];
  const ref = refOf(set, 'StatefulSet');
  const args = {
    set: nameOf(set),
    namespace: subject.namespace,
    governing,
    service: subject.name,
    headless: subject.headless,
    selector: formatLabels(set.spec?.selector?.matchLabels),
  };
  const named = { fact: `serviceName is ${governing}`, source: `${formatRef(ref)} spec.serviceName` };
  const service = index.get('Service', subject.namespace, governing);
  if (service === undefined) {
    if (!isProvenAbsent(index, 'Service', subject.namespace, governing)) return [];
    return [
      exposureMessages.SVC564.raise({
        subject: ref,
        args,
        evidence: [
          named,
          { fact: `there is no Service ${governing}`, source: `Services of namespace ${subject.namespace}` },
          { fact: `Service ${subject.name} selects these pods`, source: `${formatRef(subject.ref)} spec.selector` },
        ],
      }),
    ];
  }
  const wanted = selectorOf(service);
  const labels = set.spec?.template?.metadata?.labels;
  if (governing !== subject.name && wanted !== undefined && !matchesLabels(wanted, labels)) {
    return [
      exposureMessages.SVC565.raise({
        subject: ref,
        args: { ...args, wanted: formatLabels(wanted), fixes: selectingFixes(index, service, set) },
        evidence: [
          named,
          {
            fact: `selects ${formatLabels(wanted)}`,
            source: `Service ${subject.namespace}/${governing} spec.selector`,
          },
          { fact: `pods carry ${formatLabels(labels)}`, source: `${formatRef(ref)} spec.template.metadata.labels` },
        ],
      }),
    ];
  }
  const before = subjectPods(index, subject).filter(
    (pod) =>
      controllerOf(pod)?.name === nameOf(set) &&
      !isTerminating(pod) &&
      (pod.spec?.subdomain ?? governing) !== governing,
  );
  if (before.length > 0) {
    return [
      exposureMessages.SVC579.raise({
        subject: ref,
        args: { ...args, pods: joinNames(before.map(nameOf), 2), old: before[0]?.spec?.subdomain ?? '' },
        evidence: [
          named,
          {
            fact: `subdomain is ${before[0]?.spec?.subdomain ?? ''}`,
            source: `Pod ${subject.namespace}/${nameOf(before[0] ?? {})} spec.subdomain`,
          },
        ],
      }),
    ];
  }
  if (isHeadless(service)) return [];
  return [
    exposureMessages.SVC566.raise({
      subject: ref,
      args,
      evidence: [
        named,
        {
          fact: `clusterIP is ${service.spec?.clusterIP ?? 'not set'}`,
          source: `Service ${subject.namespace}/${governing}`,
        },
      ],
    }),
  ];
}
