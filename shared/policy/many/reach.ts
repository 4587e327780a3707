import type { Pod } from '../../model/objects-pod.ts';
import type { AddressRange } from '../../util/addresses.ts';
import { type Endpoint, unitOfEndpoint } from '../evaluate/evaluate.ts';
import type { PolicyModel } from '../model.ts';
import type { Direction } from '../rules/rules.ts';
import { type AllowedPorts, portsOfSets } from './pair-sets.ts';
import { survey } from './survey.ts';

/** All others by what passes between them and the endpoint that was asked about. Groups with equal ports are one. */
export interface Reachable {
  readonly pods: readonly (AllowedPorts & { readonly pods: readonly Pod[] })[];
  readonly outside: readonly (AllowedPorts & { readonly ranges: readonly AddressRange[] })[];
}

/** Who may reach `to`, and on what: one column of the matrix, without the cost of the others. The pod itself is left out. */
export function sourcesOf(model: PolicyModel, to: Endpoint): Reachable {
  return reach(model, to, 'ingress');
}

/** What `from` may reach: one row of the matrix. */
export function destinationsOf(model: PolicyModel, from: Endpoint): Reachable {
  return reach(model, from, 'egress');
}

function reach(model: PolicyModel, endpoint: Endpoint, direction: Direction): Reachable {
  const { outcomes, pods, outside } = survey(model, unitOfEndpoint(model, endpoint).unit, direction, 'both');
  const ports = (outcome: number): AllowedPorts => portsOfSets(outcomes.get(outcome));
  return {
    pods: [...pods].map(([outcome, list]) => ({ ...ports(outcome), pods: list })),
    outside: [...outside].map(([outcome, ranges]) => ({ ...ports(outcome), ranges })),
  };
}
