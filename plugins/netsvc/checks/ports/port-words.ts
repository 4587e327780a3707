import type { Evidence } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { lastChange } from '../../../../shared/model/managed-fields.ts';
import type { ServicePort } from '../../../../shared/model/objects-network.ts';
import { formatServicePort, targetPortOf } from '../../../../shared/model/pods.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { slicesOf } from '../../../../shared/model/services.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { joinNames, plural, shorten } from '../../../../shared/util/text.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import type { Backend, Fault } from './backends.ts';
import { containerOf, type DeadGroup } from './dead-port.ts';

/** `port 80`, or `port http (80)` where the Service has several. */
export function portWords(subject: ServiceSubject, port: ServicePort): string {
  const number = port.port ?? 0;
  return subject.ports.length < 2 || port.name === undefined || port.name === ''
    ? `port ${number}`
    : `port ${port.name} (${number})`;
}

/** `Service shop/web sends port 80 to targetPort 8081`, and that it is only the default where it is. */
export function sendsWords(subject: ServiceSubject, port: ServicePort, number: number): string {
  const target = targetPortOf(port);
  const where = typeof target === 'string' ? `targetPort "${target}", which is ${number}` : `targetPort ${number}`;
  const same = target === port.port ? ' (no other targetPort is set)' : '';
  return `Service ${subject.namespace}/${subject.name} sends ${portWords(subject, port)} to ${where}${same}`;
}

/** `Deployment web`, or `2 of 5 pods (Deployment web, ReplicaSet web-5d4f8)` when only some are meant. */
export function ownersWords(backends: readonly Backend[], all: readonly Backend[] = backends): string {
  const owners = [...new Set(backends.map(({ owner }) => `${owner.kind} ${owner.name}`))];
  const names = joinNames(owners, 3);
  if (backends.length === all.length) return names;
  const revisions = [...new Set(backends.map(({ revision }) => revision).filter((revision) => revision !== ''))];
  const others = new Set(all.filter((backend) => !backends.includes(backend)).map(({ revision }) => revision));
  const telling = revisions.filter((revision) => !others.has(revision));
  const which = telling.length === 0 ? names : `${names}, ${joinNames(telling, 2)}`;
  return `${backends.length} of ${plural(all.length, 'pod')} (${which})`;
}

/** Where the container listens instead, in the words of the best evidence. */
export function elsewhereWords(fault: Extract<Fault, { state: 'elsewhere' }>): string {
  const ports = joinNames(fault.ports.map(String), 4);
  const [sign] = fault.signs;
  if (sign !== undefined) {
    const words = shorten(sign.listener.words, 60);
    return `listens on ${ports} (${sign.via === 'log' ? 'its log: ' : ''}${words})`;
  }
  if (fault.image) return `runs its image as it comes, which listens on ${ports}`;
  const [other] = fault.others;
  const probedOnly = fault.others.every((entry) => 'passes' in entry);
  if (probedOnly) return `answers its probe on ${ports}`;
  const name = other !== undefined && 'name' in other && other.name !== undefined ? ` (${other.name})` : '';
  return `declares ${ports}${fault.ports.length === 1 ? name : ''}`;
}

/** What the Service asks for, what the pods show, who wrote it last. */
export function evidenceOf(
  index: ClusterIndex,
  subject: ServiceSubject,
  group: DeadGroup,
  now: number,
): readonly Evidence[] {
  return [
    ...portEvidence(subject, group.port),
    ...faultEvidence(group),
    ...sliceEvidence(index, subject, group),
    ...changeEvidence(subject, now),
  ];
}

/** The port of the Service as it is written, with its place. */
export function portEvidence(subject: ServiceSubject, port: ServicePort): readonly Evidence[] {
  const at = subject.ports.indexOf(port);
  return [{ fact: formatServicePort(port), source: `${formatRef(subject.ref)} spec.ports[${at}]` }];
}

/** Who wrote the Service's ports last, when the API server noted it. */
export function changeEvidence(subject: ServiceSubject, now: number): readonly Evidence[] {
  const change = lastChange(subject.service, ['spec', 'ports']);
  if (change === undefined) return [];
  const fact = `last changed by ${change.manager} ${ago(change.time, now)} (${change.time})`;
  return [{ fact, source: `${formatRef(subject.ref)} metadata.managedFields` }];
}

function faultEvidence(group: DeadGroup): readonly Evidence[] {
  const { fault, backends } = group;
  const owner = backends[0]?.owner;
  const where = `${owner === undefined ? '' : formatRef(owner)} container ${containerOf(fault)}`;
  switch (fault.state) {
    case 'loopback':
      return [{ fact: shorten(fault.sign.listener.words, 200), source: fault.sign.source }];
    case 'silent':
      return [{ fact: shorten(fault.words, 200), source: `${where} command` }];
    case 'otherProtocol':
      return [{ fact: `containerPort ${fault.declared.port}/${fault.declared.protocol}`, source: `${where} ports` }];
    case 'elsewhere':
      return [
        ...fault.signs.map(({ listener, source }) => ({ fact: shorten(listener.words, 200), source })),
        ...fault.others.map((other) =>
          'passes' in other
            ? { fact: `${other.words} passes`, source: where }
            : {
                fact: `containerPort ${other.port}/${other.protocol}${other.name === undefined ? '' : ` named ${other.name}`}`,
                source: `${where} ports`,
              },
        ),
      ];
  }
}

/** That the wrong port is what the endpoints carry: a hidden fault behind ready pods. */
function sliceEvidence(index: ClusterIndex, subject: ServiceSubject, group: DeadGroup): readonly Evidence[] {
  const rotating = group.backends.filter((backend) => backend.rotating).length;
  if (rotating === 0) return [];
  const slices = slicesOf(index, subject.service).filter((slice) =>
    (slice.ports ?? []).some((port) => port.port === group.number),
  );
  const source = slices.length === 0 ? 'pod conditions' : `EndpointSlice ${slices[0]?.metadata?.name ?? ''}`;
  return [{ fact: `${plural(rotating, 'pod')} ready and in rotation on port ${group.number}`, source }];
}
