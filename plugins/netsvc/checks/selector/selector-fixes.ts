import type { Fix } from '../../../../shared/messages/finding.ts';
import type { Labels } from '../../../../shared/model/objects.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import type { Ref } from '../../../../shared/model/refs.ts';
import { HASH_LABEL } from '../../../../shared/model/rollouts.ts';
import { applyLine } from '../../../../shared/util/kubectl.ts';
import { shellQuote } from '../../../../shared/util/text.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import type { LabelDifference } from './label-distance.ts';
import type { Candidate } from './nearest-workloads.ts';
import type { Elsewhere } from './other-namespaces.ts';
import { withoutHashes } from './selector-evidence.ts';

/** Both ways to bring selector and labels together: on the Service, and on the workload's template where it allows. */
export function selectorFixes(
  subject: ServiceSubject,
  candidate: Candidate,
  differences: readonly LabelDifference[],
): readonly Fix[] {
  const fixes = [serviceFix(subject, candidate, differences)];
  const workload = workloadFix(candidate.ref, candidate.object, differences);
  if (workload !== undefined) fixes.push(workload);
  return fixes;
}

function serviceFix(subject: ServiceSubject, candidate: Candidate, differences: readonly LabelDifference[]): Fix {
  const change: Record<string, string | null> = {};
  const back: Record<string, string | null> = {};
  for (const { key, wanted, found, similarKey } of differences) {
    back[key] = wanted;
    // A Deployment gives each revision its own hash: the new one would be old with the next release.
    change[key] = key === HASH_LABEL && candidate.object !== undefined ? null : (found ?? null);
    if (found === undefined && similarKey !== undefined) {
      change[similarKey] = wanted;
      back[similarKey] = null;
    }
  }
  const kept = Object.entries(subject.selector ?? {}).filter(([key]) => !(key in change));
  // A selector with no key left would leave the Service to hand-made endpoints: take what tells the workload apart.
  if (kept.length === 0 && Object.values(change).every((value) => value === null)) {
    const own = candidate.object?.spec?.selector?.matchLabels ?? withoutHashes(candidate.labels);
    for (const [key, value] of Object.entries(own)) {
      change[key] = value;
      back[key] ??= null;
    }
  }
  return {
    title: `point the Service at ${candidate.ref.kind} ${candidate.ref.name}`,
    command: selectorPatch(subject, change),
    risk: 'low',
    undo: selectorPatch(subject, back),
  };
}

/** A merge patch of the Service's selector; null takes a key away. */
export function selectorPatch(subject: ServiceSubject, selector: Readonly<Record<string, string | null>>): string {
  const patch = JSON.stringify({ spec: { selector } });
  return `kubectl patch service ${subject.name} -n ${subject.namespace} --type=merge -p ${shellQuote(patch)}`;
}

/** Changes some keys of the Service's selector, and back. */
export function selectorKeyFix(subject: ServiceSubject, change: Readonly<Record<string, string>>, title: string): Fix {
  const back = Object.fromEntries(Object.keys(change).map((key) => [key, subject.selector?.[key] ?? null]));
  return { title, command: selectorPatch(subject, change), risk: 'low', undo: selectorPatch(subject, back) };
}

/**
 * Labels of a template can be added or changed as long as the workload's own selector, which is immutable, still
 * matches them. Where it would not, only the Service can be changed in place.
 */
export function workloadFix(
  ref: Ref,
  object: Workload | undefined,
  differences: readonly LabelDifference[],
): Fix | undefined {
  if (object === undefined || !['Deployment', 'StatefulSet', 'DaemonSet'].includes(ref.kind)) return undefined;
  const own: Labels = object.spec?.selector?.matchLabels ?? {};
  const inExpressions = new Set((object.spec?.selector?.matchExpressions ?? []).map((entry) => entry.key));
  if (differences.some(({ key }) => key in own || inExpressions.has(key) || /-hash$|\/pod-(name|index)$/.test(key)))
    return undefined;
  const labels = Object.fromEntries(differences.map(({ key, wanted }) => [key, wanted]));
  const back = Object.fromEntries(differences.map(({ key, found }) => [key, found ?? null]));
  const command = (values: Readonly<Record<string, string | null>>): string =>
    `kubectl patch ${ref.kind.toLowerCase()} ${ref.name} -n ${ref.namespace ?? ''} -p ` +
    shellQuote(JSON.stringify({ spec: { template: { metadata: { labels: values } } } }));
  return {
    title: `or label the pods of ${ref.kind} ${ref.name} as the Service expects (restarts them)`,
    command: command(labels),
    risk: 'low',
    undo: command(back),
  };
}

/** A Service beside the pods, or an alias to the one that is there already. */
export function moveServiceFixes(subject: ServiceSubject, elsewhere: Elsewhere): readonly Fix[] {
  const { namespace, service } = elsewhere;
  if (service !== undefined) {
    const name = service.metadata?.name ?? '';
    const alias = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: subject.name, namespace: subject.namespace },
      spec: { type: 'ExternalName', externalName: `${name}.${namespace}.svc.cluster.local` },
    };
    return [
      {
        title: `call the Service that is there (${name}.${namespace}), or make this one an alias of it`,
        command: `kubectl delete service ${subject.name} -n ${subject.namespace} && ${applyLine(alias)}`,
        risk: 'low',
        undo: `kubectl delete service ${subject.name} -n ${subject.namespace} && ${applyLine(manifestOf(subject, subject.namespace))}`,
      },
    ];
  }
  return [
    {
      title: `create the Service in namespace ${namespace}, where its pods are`,
      command: applyLine(manifestOf(subject, namespace)),
      risk: 'low',
      undo: `kubectl delete service ${subject.name} -n ${namespace}`,
    },
  ];
}

/** The Service as a manifest for a namespace, without what the cluster assigned. */
function manifestOf(subject: ServiceSubject, namespace: string): object {
  const ports = subject.ports.map(({ name, port, targetPort, protocol }) => ({
    ...(name === undefined ? {} : { name }),
    port,
    ...(targetPort === undefined ? {} : { targetPort }),
    protocol: protocol ?? 'TCP',
  }));
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: subject.name, namespace },
    spec: {
      ...(subject.headless ? { clusterIP: 'None' } : {}),
      selector: subject.selector ?? {},
      ...(ports.length === 0 ? {} : { ports }),
    },
  };
}
