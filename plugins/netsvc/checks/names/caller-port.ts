import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { WORKLOAD_KINDS } from '../../../../shared/model/owners.ts';
import { declaredPorts, resolveTargetPort } from '../../../../shared/model/pods.ts';
import { formatRef, refKey } from '../../../../shared/model/refs.ts';
import { matchesLabels } from '../../../../shared/model/selectors.ts';
import { joinAnd } from '../../../../shared/util/text.ts';
import { namesMessages } from '../../messages/names.ts';
import { type ServiceSubject, subjectOf, subjectPods } from '../../service-subject.ts';
import { setEnv } from '../pods/containers/workload-commands.ts';
import { callerName, type Reference, referencesFrom, referencesTo } from './callers.ts';
import { type Calls, findingsOfCalls } from './calls.ts';

/**
 * A caller whose environment or arguments name this Service with a port that it does not have, and the pods of this Service
 * when they name another one so. Only whole host names in URLs and host:port pairs count, and never those that name the
 * Service of the caller itself, which may mean what it listens on.
 */
export const callerPort = defineCheck<ServiceSubject>({
  id: 'netsvc/caller-port',
  group: 'names',
  needs: [],
  uses: [...WORKLOAD_KINDS, 'Pod', 'ConfigMap', 'Service'],
  applies: (subject) => subject.type !== 'ExternalName' && subject.ports.length > 0,
  run: (subject, context) => {
    const { index } = context;
    const calls: Calls = {
      incoming: referencesTo(index, subject.namespace, subject.name),
      around: () => referencesFrom(index, subject.namespace),
      meantBy: (reference) => calleeOf(index, reference),
    };
    return findingsOfCalls(subject, context, calls, ({ callee, reference }) => {
      const { port, caller, meant } = reference;
      // The own name of a pod leads to that pod, on whatever port it listens.
      if (port === undefined || meant.host !== undefined || openPorts(index, callee).includes(port)) return undefined;
      if (callee.selector !== undefined && matchesLabels(callee.selector, caller.labels)) return undefined;
      const key = `${refKey(caller.ref)} ${refKey(callee.ref)} ${port}`;
      return { key, finding: () => finding(index, callee, reference, port) };
    });
  },
});

/** The Service that is called; none where its ports are not known, as of a headless one whose pods were not read. */
function calleeOf(index: ClusterIndex, { meant }: Reference): readonly ServiceSubject[] {
  const service = index.get('Service', meant.namespace, meant.service);
  if (service === undefined) return [];
  const callee = subjectOf(service);
  const unknown = callee.type === 'ExternalName' || callee.ports.length === 0;
  return unknown || (callee.headless && subjectPods(index, callee).length === 0) ? [] : [callee];
}

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

function finding(index: ClusterIndex, subject: ServiceSubject, reference: Reference, port: number): Finding {
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
