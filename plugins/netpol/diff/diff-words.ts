/** Senders and ports of a change in a phrase. */
import type { Service } from '../../../shared/model/objects-network.ts';
import { formatRef } from '../../../shared/model/refs.ts';
import { formatLabels } from '../../../shared/model/selectors.ts';
import { ALL_PORTS, type PortSet, subtractPorts, toPortRanges } from '../../../shared/policy/rules/port-set.ts';
import { joinNames } from '../../../shared/util/text.ts';
import { rangesWords } from '../answer/end-values.ts';
import { portWords } from '../words/ports.ts';
import type { ServiceLoss } from './services.ts';
import type { DiffEnd } from './sides.ts';
import type { Incoming } from './summary.ts';

/** Names in one phrase. */
export const NAMES = 4;

/** `Deployment shop/web, Deployment shop/api and 7 more`. */
export function sendersWords(one: Incoming, end: DiffEnd | undefined): string {
  const names = senderNames(one, end);
  const hidden = one.senders - toldOf(one, end);
  return hidden > 0
    ? `${names.slice(0, NAMES).join(', ')} and ${hidden + Math.max(names.length - NAMES, 0)} more`
    : joinNames(names, NAMES);
}

/** How many of the senders the samples are; each group of addresses counts as one. */
function toldOf({ samples }: Incoming, end: DiffEnd | undefined): number {
  return samples.reduce(
    (sum, { ends }) => sum + (ends.length > 0 ? ends.filter((sender) => sender !== end).length : 1),
    0,
  );
}

/** The senders that are known by name, seen from one receiver. */
export function senderNames(one: Incoming, end: DiffEnd | undefined): readonly string[] {
  // Parts of the address space that other policies tell apart are one here.
  const ranges = one.samples.flatMap((group) => (group.ends.length > 0 ? [] : group.ranges));
  const names = [
    ...one.samples.flatMap((group) => group.ends.filter((sender) => sender !== end).map(({ ref }) => formatRef(ref))),
    ...(ranges.length === 0 ? [] : [rangesWords(ranges)]),
  ];
  return one.within && end !== undefined ? [...names, 'its own other pods'] : names;
}

/** `shop/web 80/TCP (8080 on the pods): from Deployment shop/api`. */
export function serviceLine({ service, servicePort, protocol, targetPort, incoming, senders }: ServiceLoss): string {
  const { namespace = '', name = '' } = service.metadata ?? {};
  const names = incoming.flatMap((one) => senderNames(one, undefined));
  const more = senders - incoming.reduce((sum, one) => sum + toldOf(one, undefined), 0);
  const from =
    more > 0
      ? `${names.slice(0, NAMES).join(', ')} and ${more + Math.max(names.length - NAMES, 0)} more`
      : joinNames(names, NAMES);
  const target = targetPort === servicePort ? '' : ` (${targetPort} on the pods)`;
  return `${namespace}/${name} ${servicePort}/${protocol}${target}: from ${from === '' ? 'its own pods' : from}`;
}

/** `shop/web: no pod would have its labels app=web`. */
export function emptiedLine({ metadata, spec }: Service): string {
  return `${metadata?.namespace}/${metadata?.name}: no pod would have its labels ${formatLabels(spec?.selector ?? {})}`;
}

/** What is left is often shorter to say: `every port but TCP 8080`. */
export function changedPorts(set: PortSet): string {
  const rest = subtractPorts(ALL_PORTS, set);
  const most = rest.length > 0 && rest.length < set.length && toPortRanges(rest).length <= 3;
  return most ? `every port but ${portWords(rest)}` : portWords(set);
}
