import type { Node } from '../../model/objects.ts';
import type { Pod } from '../../model/objects-pod.ts';
import type { Workload } from '../../model/objects-workload.ts';
import { podAddresses } from '../../model/pods.ts';
import {
  type Address,
  type AddressRange,
  formatAddress,
  formatRange,
  inRange,
  parseAddress,
  parseCidr,
} from '../../util/addresses.ts';
import { type PolicyModel, tiersOf } from '../model.ts';
import { blocksOf, splitRange } from '../rules/range-parts.ts';
import { standInPod } from '../rules/stand-ins.ts';
import { isFinished, isSamePod, nodeUnit, type Unit } from '../rules/units.ts';
import { unitRef } from './explain-peer.ts';
import { nodeLocal, type Side } from './side.ts';
import type { Answer, PortQuestion, RangePart, Reason, SideWalk, Verdict } from './verdict.ts';
import { exemptSide, type WalkedSide, walkSide } from './walk.ts';

/** One end of a connection. A CIDR block stands for addresses outside the cluster. */
export type Endpoint =
  | { readonly type: 'pod'; readonly pod: Pod }
  | { readonly type: 'workload'; readonly kind: string; readonly workload: Workload }
  | { readonly type: 'node'; readonly node: Node }
  | { readonly type: 'address'; readonly cidr: string };

/**
 * Whether `from` may open a connection to `to` on a destination port, with the walk through the policies of both sides.
 * Replies need no rule of their own, so the other direction is another question. Throws a RangeError for an address that
 * is none and for a port outside 1 to 65535.
 */
export function evaluate(model: PolicyModel, from: Endpoint, to: Endpoint, port: PortQuestion): Verdict {
  if (!Number.isInteger(port.port) || port.port < 1 || port.port > 65535) {
    throw new RangeError(`port ${port.port} is not between 1 and 65535`);
  }
  const source = unitOfEndpoint(model, from);
  const destination = unitOfEndpoint(model, to);
  const verdict = evaluateUnits(model, source.unit, destination.unit, port);
  const notes = [...source.notes, ...destination.notes];
  return notes.length === 0 ? verdict : { ...verdict, reasons: [...notes, ...verdict.reasons] };
}

/** An endpoint as a unit, and what had to be assumed for it. A single address that a pod or node has becomes that. */
export function unitOfEndpoint(
  model: PolicyModel,
  endpoint: Endpoint,
): { readonly unit: Unit; readonly notes: readonly Reason[] } {
  switch (endpoint.type) {
    case 'pod':
      return { unit: model.unitOf(endpoint.pod), notes: [] };
    case 'workload':
      return { unit: model.unitOf(standInPod(endpoint.kind, endpoint.workload)), notes: [] };
    case 'node':
      return { unit: model.nodes.get(endpoint.node.metadata?.name ?? '') ?? nodeUnit(endpoint.node), notes: [] };
    case 'address': {
      const range = parseCidr(endpoint.cidr);
      if (range === undefined) throw new RangeError(`"${endpoint.cidr}" is not an address or CIDR block`);
      const known = range.first === range.last ? unitWithAddress(model, range) : undefined;
      if (known === undefined) return { unit: { type: 'range', range }, notes: [] };
      const address = formatAddress({ family: range.family, value: range.first });
      return { unit: known, notes: [{ code: 'addressIs', address, object: unitRef(known) }] };
    }
  }
}

/**
 * The pod or node that has an address; the node first, whose address its host-networked pods share. A pod on a network of
 * its own has one there, which another network may have too, beside that on the network of the cluster.
 */
function unitWithAddress(model: PolicyModel, range: AddressRange): Unit | undefined {
  const isIt = (address: Address | undefined): boolean => address !== undefined && inRange(range, address);
  for (const node of model.nodes.values()) if (node.addresses.some(isIt)) return node;
  const pods = model.units.filter(({ hostNetwork }) => !hostNetwork);
  const inStatus = pods.find(({ pod }) => podAddresses(pod).some((text) => isIt(parseAddress(text))));
  return inStatus ?? pods.find(({ addresses }) => addresses.some(isIt));
}

/** `evaluate` for endpoints that are units already. */
export function evaluateUnits(model: PolicyModel, from: Unit, to: Unit, port: PortQuestion): Verdict {
  for (const unit of [from, to]) {
    if (unit.type === 'pod' && isFinished(unit.pod)) {
      return { ...exempt(model, from, to), answer: 'no', reasons: [{ code: 'podFinished', pod: unitRef(unit) }] };
    }
  }
  if (from.type === 'pod' && to.type === 'pod' && isSamePod(from.pod, to.pod)) {
    return { ...exempt(model, from, to), answer: 'yes', reasons: [{ code: 'self' }] };
  }
  const families = familiesOf(from, to, port.family);
  const verdicts = families.map((family) => evaluateFamily(model, inFamily(from, family), inFamily(to, family), port));
  const [first, second] = verdicts;
  if (first === undefined) return evaluateFamily(model, from, to, port);
  if (second === undefined || second.answer === first.answer) return first;
  const reasons: Reason[] = [
    { code: 'family', ipv4: first.answer, ipv6: second.answer },
    ...first.reasons,
    ...second.reasons,
  ];
  const told = first.answer === 'yes' ? second : first;
  return { ...told, answer: 'depends', reasons: distinct(reasons) };
}

/**
 * The address families to judge apart. One that is asked for, else those that both ends have. None: an end has no
 * address, or they share no family, and the units are judged as they are.
 */
export function familiesOf(from: Unit, to: Unit, wanted: 4 | 6 | undefined): readonly (4 | 6)[] {
  if (wanted !== undefined) return [wanted];
  const common = ([4, 6] as const).filter((family) => hasFamily(from, family) && hasFamily(to, family));
  return common;
}

function hasFamily(unit: Unit, family: 4 | 6): boolean {
  if (unit.type === 'range') return unit.range.family === family;
  return unit.addresses.length === 0 || unit.addresses.some((address) => address.family === family);
}

/** A unit with the addresses of one family only. One without any in it keeps what it has. */
export function inFamily(unit: Unit, family: 4 | 6): Unit {
  if (unit.type === 'range' || unit.addresses.every((address) => address.family === family)) return unit;
  const addresses = unit.addresses.filter((address) => address.family === family);
  return addresses.length === 0 ? unit : { ...unit, addresses };
}

function evaluateFamily(model: PolicyModel, from: Unit, to: Unit, port: PortQuestion): Verdict {
  const range = from.type === 'range' ? from.range : to.type === 'range' ? to.range : undefined;
  if (range === undefined || range.first === range.last) return evaluatePair(model, from, to, port);
  const [side, other] = from.type === 'range' ? (['ingress', to] as const) : (['egress', from] as const);
  const parts = splitRange(range, blocksOf(tiersOf(model, other), side));
  if (parts.length === 1) return evaluatePair(model, from, to, port);
  const byAnswer = new Map<Answer, { readonly verdict: Verdict; readonly ranges: AddressRange[] }>();
  for (const part of parts) {
    const unit: Unit = { type: 'range', range: part };
    const verdict = evaluatePair(model, from.type === 'range' ? unit : from, from.type === 'range' ? to : unit, port);
    const same = byAnswer.get(verdict.answer);
    if (same === undefined) byAnswer.set(verdict.answer, { verdict, ranges: [part] });
    else same.ranges.push(part);
  }
  const all = [...byAnswer.values()];
  const [only] = all;
  if (only !== undefined && all.length === 1) return only.verdict;
  const told = byAnswer.get('no') ?? byAnswer.get('depends');
  const answers: RangePart[] = all.map(({ verdict, ranges }) => ({
    answer: verdict.answer,
    ranges: ranges.map(formatRange),
  }));
  const walk = told?.verdict ?? evaluatePair(model, from, to, port);
  const reasons: Reason[] = [{ code: 'partOfRange', parts: answers }, ...all.flatMap(({ verdict }) => verdict.reasons)];
  return { ...walk, answer: 'depends', reasons: distinct(reasons) };
}

function evaluatePair(model: PolicyModel, from: Unit, to: Unit, port: PortQuestion): Verdict {
  const sides = sidesOf(model, from, to);
  const egress = judgeSide(model, sides.egress, port);
  const ingress = judgeSide(model, sides.ingress, port);
  const answer = both(egress.walk.answer, ingress.walk.answer);
  // A definite "no" of one side stands whatever the other side may be.
  const told = [egress, ingress].filter(({ walk }) => answer !== 'no' || walk.answer === 'no');
  const reasons = distinct(told.flatMap((side) => side.reasons));
  return { answer, reasons, egress: egress.walk, ingress: ingress.walk };
}

function judgeSide(model: PolicyModel, side: Side, port: PortQuestion): WalkedSide {
  const local = nodeLocal(side, model.context);
  const nodeReason: Reason = { code: 'nodeLocal', node: side.subject.type === 'pod' ? side.subject.nodeName : '' };
  if (local === 'yes') return { walk: exemptSide(side), reasons: [nodeReason] };
  const walked = walkSide(side, port, model.context);
  if (local === 'no' || walked.walk.answer === 'yes') return walked;
  const hostNetwork: Reason = { code: 'hostNetwork', pod: unitRef(side.other) };
  return {
    walk: { ...walked.walk, answer: 'depends', decision: { by: 'nothing' } },
    reasons: [hostNetwork, nodeReason, ...walked.reasons],
  };
}

/** Both sides of a pair. */
export function sidesOf(model: PolicyModel, from: Unit, to: Unit): { readonly egress: Side; readonly ingress: Side } {
  return {
    egress: { direction: 'egress', tiers: tiersOf(model, from), subject: from, other: to },
    ingress: { direction: 'ingress', tiers: tiersOf(model, to), subject: to, other: from },
  };
}

function both(a: Answer, b: Answer): Answer {
  if (a === 'no' || b === 'no') return 'no';
  return a === 'yes' && b === 'yes' ? 'yes' : 'depends';
}

function exempt(model: PolicyModel, from: Unit, to: Unit): { readonly egress: SideWalk; readonly ingress: SideWalk } {
  const sides = sidesOf(model, from, to);
  return { egress: exemptSide(sides.egress), ingress: exemptSide(sides.ingress) };
}

function distinct(reasons: readonly Reason[]): readonly Reason[] {
  const seen = new Set<string>();
  return reasons.filter((reason) => {
    const key = JSON.stringify(reason);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
