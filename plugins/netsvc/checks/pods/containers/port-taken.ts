import type { Confidence, Evidence, Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../../shared/model/objects-pod.ts';
import { isFinished, podKey } from '../../../../../shared/model/pods.ts';
import { type ContainerSigns, containerSigns } from '../../ports/container-signs.ts';
import { logsOf, podSource } from '../pod-evidence.ts';
import type { Troubled } from './troubled-containers.ts';
import { isInTemplate } from './workload-commands.ts';

/** Who shares a network namespace shares its ports: the containers of a pod, and all pods on the network of their node. */
export interface PortTaken {
  readonly port: number;
  /** Who has the port: `container proxy of the same pod`, `pod shop/api-1 on the same node`. */
  readonly holder: string;
  readonly confidence: Confidence;
  readonly evidence: readonly Evidence[];
  readonly fixes: readonly Fix[];
}

const TAIL = 16_384;
const IN_USE =
  /address (?:is )?already in use|EADDRINUSE|address in use|only one usage of each socket|port \d+ is (?:already )?in use/i;

/** The port that a container could not listen on, as its log says, where another container of its pod or node has it. */
export function portTaken(index: ClusterIndex, group: readonly Troubled[]): PortTaken | undefined {
  for (const entry of group) {
    const line = lineInUse(index, entry);
    // Without a log, two containers that are told to listen on one port say it themselves.
    const { name } = entry.trouble.container;
    if (line === undefined && logsOf(index, entry, name).length > 0) continue;
    const [portsOf, confidence] = line === undefined ? [signedPorts, 'likely' as const] : [allPorts, 'proven' as const];
    const all = containerSigns(index, entry.pod);
    const own = all.filter((one) => one.name === name);
    for (const port of [...portsIn(line ?? ''), ...own.flatMap(portsOf)]) {
      const beside = all.find((one) => one.name !== name && portsOf(one).includes(port));
      if (beside !== undefined) {
        const holder = `container ${beside.name} of the same pod`;
        return { port, holder, confidence, ...told(entry, [beside, ...own], port) };
      }
      if (line === undefined || entry.pod.spec?.hostNetwork !== true) continue;
      return { port, holder: onNode(index, entry.pod, port), confidence, ...told(entry, own, port) };
    }
  }
  return undefined;
}

/** A pod on the network of its node is in the way of every other one there, whatever their namespaces. */
function onNode(index: ClusterIndex, pod: Pod, port: number): string {
  const node = pod.spec?.nodeName;
  const other = index
    .list('Pod')
    .find(
      (one) =>
        one !== pod &&
        one.spec?.hostNetwork === true &&
        one.spec.nodeName === node &&
        !isFinished(one) &&
        containerSigns(index, one).some((signs) => allPorts(signs).includes(port)),
    );
  return other === undefined
    ? `another program on node ${node ?? 'of the pod'}, whose network the pod uses,`
    : `pod ${podKey(other)}, on the network of the same node,`;
}

function told(
  entry: Troubled,
  containers: readonly ContainerSigns[],
  port: number,
): Pick<PortTaken, 'evidence' | 'fixes'> {
  const { owner } = entry;
  return {
    evidence: containers.map((one) => {
      const sign = one.signs.find(({ listener }) => listener.port === port);
      const fact = `container ${one.name} ${sign === undefined ? 'declares' : 'listens on'} ${port}`;
      return { fact, source: sign?.source ?? `${podSource(entry)} spec` };
    }),
    fixes: isInTemplate(entry, entry.trouble.container.name)
      ? [
          {
            title: `give container ${entry.trouble.container.name} a port of its own`,
            command: `kubectl edit ${owner.kind.toLowerCase()} ${owner.name} -n ${owner.namespace ?? ''}`,
            risk: 'low',
          },
        ]
      : [],
  };
}

function lineInUse(index: ClusterIndex, entry: Troubled): string | undefined {
  const { container, ended } = entry.trouble;
  const texts = [...logsOf(index, entry, container.name).map(({ text }) => text.slice(-TAIL)), ended?.message ?? ''];
  return texts.flatMap((text) => text.split('\n')).find((line) => IN_USE.test(line));
}

/** Numbers that stand as a port: after a colon, or after the word; not those of a time, nor a line of a file. */
function portsIn(line: string): readonly number[] {
  return [...line.matchAll(/(?:(?<!\.[a-z]{1,5}):|\bport )(\d{2,5})(?!\d|\.\d)/gi)].map(([, port]) => Number(port));
}

function signedPorts({ signs }: ContainerSigns): readonly number[] {
  return signs.flatMap(({ listener }) => listener.port ?? []);
}

function allPorts(signs: ContainerSigns): readonly number[] {
  return [
    ...signedPorts(signs),
    ...(signs.running.spec.ports ?? []).flatMap(({ containerPort }) => containerPort ?? []),
  ];
}
