import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { WORKLOAD_KINDS } from '../../../../shared/model/owners.ts';
import { declaredPorts, resolveTargetPort } from '../../../../shared/model/pods.ts';
import { formatRef, refKey } from '../../../../shared/model/refs.ts';
import { matchesLabels } from '../../../../shared/model/selectors.ts';
import { joinAnd } from '../../../../shared/util/text.ts';
import { namesMessages } from '../../messages/names.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { setEnv } from '../pods/containers/workload-commands.ts';
import { callerName, type Reference, referencesTo } from './callers.ts';

/**
 * A caller whose environment or arguments name this Service with a port that it does not have. Only whole host names in
 * URLs and host:port pairs count, and never those in the Service's own pods, which may mean what they listen on.
 */
export const callerPort = defineCheck<ServiceSubject>({
  id: 'netsvc/caller-port',
  group: 'names',
  needs: [],
  uses: [...WORKLOAD_KINDS, 'Pod', 'ConfigMap', 'Service'],
  applies: (subject) => subject.type !== 'ExternalName' && subject.ports.length > 0,
  run: (subject, { index }) => {
    const open = openPorts(index, subject);
    const told = new Set<string>();
    return referencesTo(index, subject.namespace, subject.name).flatMap((reference) => {
      const { port, caller, meant } = reference;
      // The own name of a pod leads to that pod, on whatever port it listens.
      if (port === undefined || meant.host !== undefined || open.includes(port)) return [];
      if (subject.selector !== undefined && matchesLabels(subject.selector, caller.labels)) return [];
      const key = `${refKey(caller.ref)} ${port}`;
      if (told.has(key)) return [];
      told.add(key);
      return [finding(index, subject, reference, port)];
    });
  },
});

/** Ports on which a caller by name gets through: those of the Service, or of its pods when nothing stands between. */
function openPorts(index: ClusterIndex, subject: ServiceSubject): readonly number[] {
  const own = subject.ports.flatMap((port) => port.port ?? []);
  if (!subject.headless) return own;
  const pods = subjectPods(index, subject);
  if (pods.length === 0)
    return [...own, ...subject.ports.flatMap((p) => (typeof p.targetPort === 'number' ? p.targetPort : []))];
  return pods.flatMap((pod) => [
    ...declaredPorts(pod.spec).map((declared) => declared.port),
    ...subject.ports.flatMap((port) => resolveTargetPort(pod.spec, port) ?? []),
  ]);
}

function finding(index: ClusterIndex, subject: ServiceSubject, reference: Reference, port: number) {
  const { caller, container, where, host, scheme } = reference;
  const ports = [...new Set(openPorts(index, subject))].sort((a, b) => a - b);
  const target = subject.ports.find((entry) => entry.targetPort === port || (subject.headless && entry.port === port));
  const better =
    target === undefined ? (ports.length === 1 ? ports[0] : undefined) : subject.headless ? ports[0] : target.port;
  return namesMessages.SVC855.raise({
    subject: caller.ref,
    args: {
      service: `${subject.namespace}/${subject.name}`,
      caller: callerName(caller),
      where,
      host,
      port,
      implied: scheme !== undefined && !(reference.variable?.value.includes(`:${port}`) ?? true),
      ports: joinAnd(ports.map(String)),
      headless: subject.headless,
      fixes: better === undefined ? [] : fixesFor(reference, port, better),
    },
    evidence: [
      {
        fact: `${where} of container ${container} names ${host}:${port}`,
        source: `${formatRef(caller.ref)} spec`,
      },
      {
        fact: subject.headless
          ? `headless; its pods listen on ${joinAnd(ports.map(String))}`
          : `has port ${joinAnd(ports.map(String))}`,
        source: `${formatRef(subject.ref)} spec.ports`,
      },
    ],
  });
}

/** Sets the variable anew where the whole value is known and holds no secret. */
function fixesFor({ caller, container, variable, host }: Reference, port: number, better: number): readonly Fix[] {
  if (variable === undefined || caller.ref.kind === 'Pod') return [];
  const written = variable.value.includes(`${host}:${port}`);
  const value = written
    ? variable.value.replace(`${host}:${port}`, `${host}:${better}`)
    : variable.value.replace(host, `${host}:${better}`);
  const line = (text: string): string => setEnv(caller.ref, container, { [variable.name]: text });
  return [
    {
      title: `let ${callerName(caller)} use port ${better} (restarts its pods)`,
      command: line(value),
      risk: 'low',
      undo: line(variable.value),
    },
  ];
}
