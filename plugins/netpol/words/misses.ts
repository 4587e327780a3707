import { formatRef, type Ref } from '../../../shared/model/refs.ts';
import type { PeerMiss, PortQuestion, RuleWalk } from '../../../shared/policy/evaluate/verdict.ts';
import type { Miss } from '../../../shared/policy/rules/labels.ts';
import { joinNames } from '../../../shared/util/text.ts';

/** How an endpoint is called; stand-ins for workloads go by the workload's name. */
export type Naming = (ref: Ref) => string;

/** Why a peer does not mean an endpoint: `namespace label team=data is missing on shop`. */
export function missWords(miss: PeerMiss, name: Naming = formatRef): string {
  switch (miss.what) {
    case 'podLabel':
      return labelMiss('pod label', name(miss.pod), miss);
    case 'namespaceLabel':
      return labelMiss('namespace label', miss.namespace, miss);
    case 'nodeLabel':
      return labelMiss('node label', miss.node, miss);
    case 'otherNamespace':
      return `it means pods of namespace ${miss.wanted}, and this one is in ${miss.found}`;
    case 'outsideBlock':
      return `${addresses(miss.addresses)} not in ${miss.cidr}`;
    case 'inExcept':
      return `${addresses(miss.addresses)} in ${miss.except}, which is excepted from ${miss.cidr}`;
    case 'notACidr':
      return `"${miss.cidr}" is no address block, so it means nobody`;
    case 'notAPod':
      return 'it means pods, and this is none';
    case 'notANode':
      return 'it means nodes, and this is none';
    case 'notOutside':
      return 'it means names outside the cluster, and this is inside';
    case 'hostNetwork':
      return `${name(miss.pod)} is on the host network, so it is seen as its node`;
    case 'blockNotForPods':
      return `this network plugin does not compare pods with address blocks (${miss.cidr})`;
  }
}

/** A requirement as a selector writes it: `team=data`, `team in (a,b)`, `!canary`. */
export function requirementWords({ key, operator, values }: Pick<Miss, 'key' | 'operator' | 'values'>): string {
  switch (operator) {
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    case 'NotIn':
      return values.length === 1 ? `${key}!=${values[0]}` : `${key} not in (${values.join(', ')})`;
    case 'In':
      return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${values.join(', ')})`;
    default:
      return `${key} ${operator} (${values.join(', ')})`;
  }
}

function labelMiss(what: string, owner: string, miss: Miss): string {
  const wanted = requirementWords(miss);
  const { key, operator, found } = miss;
  if (operator === 'DoesNotExist' || operator === 'NotIn') {
    return `${what} must be ${wanted}, and ${owner} has ${key}=${found ?? ''}`;
  }
  if (operator !== 'In' && operator !== 'Exists') return `${what} ${wanted}: an operator that never matches`;
  if (found === undefined) return `${what} ${wanted} is missing on ${owner}`;
  return `${what} ${wanted} is wanted, and ${owner} has ${key}=${found}`;
}

function addresses(all: readonly string[]): string {
  if (all.length === 0) return 'no address is';
  return `${joinNames(all)} ${all.length === 1 ? 'is' : 'are'}`;
}

/**
 * Why the ports of a rule do not hold the port that was asked about, or not every port where none was. Undefined when they
 * do.
 */
export function portMissWords({ ports }: RuleWalk, question: PortQuestion | undefined): string | undefined {
  if (ports.matched) return undefined;
  const unknown = ports.named.filter(({ numbers }) => numbers.length === 0).map(({ name }) => `"${name}"`);
  const opened = ports.text === 'no ports' ? 'no port here' : ports.text;
  const not = question === undefined ? ' alone' : `, not ${question.protocol} ${question.port}`;
  if (unknown.length === 0) return `its ports are ${opened}${not}`;
  const names = `the destination has no port called ${joinNames(unknown)}`;
  return ports.text === 'no ports' ? names : `${names}; its other ports are ${opened}${not}`;
}
