import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { ServicePort } from '../../../../shared/model/objects-network.ts';
import type { Container } from '../../../../shared/model/objects-pod.ts';
import { type OwnedWorkload, ownerWorkload } from '../../../../shared/model/owners.ts';
import { hideSecrets } from '../../../../shared/util/hide-secrets.ts';
import { patchLine } from '../../../../shared/util/kubectl.ts';
import { shellQuote } from '../../../../shared/util/text.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { setEnv } from '../pods/containers/workload-commands.ts';
import type { Backend } from './backends.ts';
import type { Sign } from './container-signs.ts';
import { environmentOf } from './listen/environment.ts';

/** Points one Service port at another target. */
export function targetPortFix(subject: ServiceSubject, port: ServicePort, to: number | string): Fix {
  const at = subject.ports.indexOf(port);
  const path = `/spec/ports/${at}/targetPort`;
  const patch = (op: object): string =>
    `kubectl patch service ${subject.name} -n ${subject.namespace} --type=json -p ${shellQuote(JSON.stringify([op]))}`;
  return {
    title: `send ${port.port ?? 0} to ${to} instead`,
    // `add` replaces a member that exists (RFC 6902, 4.1), so it serves Services with and without a targetPort.
    command: patch({ op: 'add', path, value: to }),
    risk: 'low',
    undo: patch(port.targetPort === undefined ? { op: 'remove', path } : { op: 'add', path, value: port.targetPort }),
  };
}

/** Takes a port out of the Service that nothing serves. */
export function withoutPortFix(subject: ServiceSubject, port: ServicePort): Fix {
  const path = `/spec/ports/${subject.ports.indexOf(port)}`;
  const patch = (op: object): string =>
    `kubectl patch service ${subject.name} -n ${subject.namespace} --type=json -p ${shellQuote(JSON.stringify([op]))}`;
  return {
    title: `take port ${port.port ?? 0} out of the Service, if nothing is meant to serve it`,
    command: patch({ op: 'remove', path }),
    risk: 'low',
    undo: patch({ op: 'add', path, value: port }),
  };
}

/**
 * The target to point at, when the signs name several ports: the one that shares the Service port's number or its
 * last digits (443 and 8443), else the first.
 */
export function bestPort(port: ServicePort, candidates: readonly number[]): number | undefined {
  const number = String(port.port ?? '');
  return (
    candidates.find((candidate) => String(candidate) === number) ??
    candidates.find((candidate) => number !== '' && String(candidate).endsWith(number)) ??
    candidates[0]
  );
}

const PATCHABLE = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** The workload behind a pod that can be patched, and one of its containers with its place in the template. */
export interface PatchTarget {
  readonly workload: OwnedWorkload;
  readonly container: Container;
  readonly path: string;
}

/** Where a container stands in the template of its workload; undefined where a patch would not reach it. */
export function patchTarget(index: ClusterIndex, backend: Backend | undefined, name: string): PatchTarget | undefined {
  const workload = backend === undefined ? undefined : ownerWorkload(index, backend.pod);
  if (workload === undefined || !PATCHABLE.includes(workload.kind)) return undefined;
  for (const field of ['containers', 'initContainers'] as const) {
    const list = workload.template?.spec?.[field] ?? [];
    const at = list.findIndex((container) => container.name === name);
    const container = list[at];
    if (container !== undefined) return { workload, container, path: `/spec/template/spec/${field}/${at}` };
  }
  return undefined;
}

/** Replaces a text inside the one word of command or args that holds it once; undefined when it is not that simple. */
export function wordFix(target: PatchTarget, from: string, to: string, title: string): Fix | undefined {
  for (const field of ['args', 'command'] as const) {
    const words = target.container[field] ?? [];
    const at = words.findIndex((word) => holdsOnce(word, from));
    const word = words[at];
    // A script that holds a password is not printed, not even for pasting.
    if (word === undefined || hideSecrets(word) !== word) continue;
    const command = (value: string): string =>
      workloadPatch(target.workload, [{ op: 'replace', path: `${target.path}/${field}/${at}`, value }]);
    return { title, command: command(word.replace(from, to)), risk: 'low', undo: command(word) };
  }
  return undefined;
}

/** Sets variables of the container; `back` are the values to return to (null: unset). */
export function envFix(
  target: PatchTarget,
  values: Readonly<Record<string, string>>,
  back: Readonly<Record<string, string | null>>,
  title: string,
): Fix {
  const { workload, container } = target;
  const line = (to: Readonly<Record<string, string | null>>): string => setEnv(workload.ref, container.name ?? '', to);
  return { title, command: line(values), risk: 'low', undo: line(back) };
}

/** Sets a port or address in the ConfigMap that a variable comes from, and starts the pods anew, which alone read it. */
export function configMapFix(
  index: ClusterIndex,
  { workload, container }: PatchTarget,
  { listener }: Sign,
  from: string,
  to: string,
  title: string,
): Fix | undefined {
  const { namespace = '', name } = workload.ref;
  const variable = environmentOf(index, namespace, container).get(listener.variable ?? '');
  if (variable?.configMap === undefined || variable.value === undefined) return undefined;
  const { configMap, value } = variable;
  const command = (text: string): string =>
    `${patchLine('configmap', namespace, configMap.name, { data: { [configMap.key]: text } })} && ` +
    `kubectl rollout restart ${workload.kind.toLowerCase()}/${name} -n ${namespace}`;
  return {
    title: `${title}; others may use ConfigMap ${configMap.name} too`,
    command: command(value.replace(from, to)),
    risk: 'low',
    undo: command(value),
  };
}

/** A file in a ConfigMap is changed by hand; the pods read it anew when they start. */
export function configFileFix({ workload }: PatchTarget, configMap: string, from: string, to: string): Fix {
  const { namespace = '', name } = workload.ref;
  return {
    title: `change ${from} to ${to} in ConfigMap ${configMap}, then start the pods anew`,
    command:
      `kubectl edit configmap ${configMap} -n ${namespace} && ` +
      `kubectl rollout restart ${workload.kind.toLowerCase()}/${name} -n ${namespace}`,
    risk: 'low',
  };
}

/** A JSON patch of a workload as a line to paste. */
export function workloadPatch(workload: OwnedWorkload, ops: readonly object[]): string {
  const { kind, ref } = workload;
  return `kubectl patch ${kind.toLowerCase()} ${ref.name} -n ${ref.namespace ?? ''} --type=json -p ${shellQuote(JSON.stringify(ops))}`;
}

function holdsOnce(word: string, part: string): boolean {
  const first = word.indexOf(part);
  if (first < 0 || word.indexOf(part, first + part.length) >= 0) return false;
  const before = word[first - 1] ?? '';
  const after = word[first + part.length] ?? '';
  return !/[\d.]/.test(before) && !/\d/.test(after);
}
