import type { Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import { type CreateFailure, parseAmounts } from '../../../../../shared/model/create-failures.ts';
import { parseQuantity } from '../../../../../shared/util/quantity.ts';
import { shellQuote } from '../../../../../shared/util/text.ts';
import { isPatchable, patchContainer, tryAtOnce } from '../containers/workload-commands.ts';
import { formatAmount } from '../pending/resource-amounts.ts';
import type { Refusal } from './creation-refusals.ts';

/** Room in the quota for what is missing, or the requests that the quota wants to be stated. */
export function quotaFixes(index: ClusterIndex, refusal: Refusal, failure: CreateFailure): readonly Fix[] {
  if (failure.is === 'quota') return raiseQuota(index, refusal, failure);
  return failure.is === 'quota-unstated' ? stateRequests(refusal, failure.missing) : [];
}

function raiseQuota(index: ClusterIndex, refusal: Refusal, failure: CreateFailure & { is: 'quota' }): readonly Fix[] {
  const namespace = refusal.workload.ref.namespace ?? '';
  const requested = parseAmounts(failure.requested);
  const used = parseAmounts(failure.used);
  const hard: Record<string, string> = {};
  const former: Record<string, string> = {};
  const stored = index.get('ResourceQuota', namespace, failure.quota)?.spec?.hard ?? {};
  for (const [resource, limit] of parseAmounts(failure.limited)) {
    const each = parseQuantity(requested.get(resource)) ?? 0;
    const total = (parseQuantity(used.get(resource)) ?? 0) + each * Math.max(1, refusal.missing);
    hard[resource] = formatAmount(Math.max(total, parseQuantity(limit) ?? 0), limit);
    former[resource] = stored[resource] ?? limit;
  }
  const patch = (values: Readonly<Record<string, string>>): string =>
    `kubectl patch resourcequota ${failure.quota} -n ${namespace} --type=merge -p ${shellQuote(JSON.stringify({ spec: { hard: values } }))}`;
  return [
    { title: 'make room in the quota', command: patch(hard), risk: 'low', undo: patch(former) },
    ...tryAtOnce(refusal.workload),
  ];
}

/** Modest amounts that let the pod pass; the owner of the app knows better ones. */
const MODEST: Readonly<Record<string, string>> = { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '1Gi' };

/** `must specify requests.cpu for: app; limits.memory for: app,proxy`. */
function stateRequests(refusal: Refusal, missing: string): readonly Fix[] {
  const { ref } = refusal.workload;
  if (!isPatchable(ref)) return [];
  const byContainer = new Map<string, { requests: Record<string, string>; limits: Record<string, string> }>();
  for (const clause of missing.replace(/^must specify /, '').split(';')) {
    const match = /^\s*(\S+) for: (.+?)\s*$/.exec(clause);
    if (match === null) continue;
    const [, what = '', containers = ''] = match;
    const side = what.startsWith('limits.') ? 'limits' : 'requests';
    const resource = what.replace(/^(limits|requests)\./, '');
    for (const name of containers.split(',').map((part) => part.trim())) {
      const entry = byContainer.get(name) ?? { requests: {}, limits: {} };
      entry[side][resource] = MODEST[resource] ?? '1';
      byContainer.set(name, entry);
    }
  }
  return [...byContainer].map(([name, { requests, limits }]) => ({
    title: `state what container ${name} needs (adjust the amounts)`,
    command: patchContainer(ref, name, { resources: { ...filled({ requests }), ...filled({ limits }) } }),
    risk: 'low',
    undo: patchContainer(ref, name, {
      resources: { ...filled({ requests: without(requests) }), ...filled({ limits: without(limits) }) },
    }),
  }));
}

function filled<T extends Readonly<Record<string, object>>>(one: T): T | Record<string, never> {
  return Object.values(one).some((amounts) => Object.keys(amounts).length > 0) ? one : {};
}

/** None was set before: the admission would not have asked for it. */
function without(amounts: Readonly<Record<string, string>>): Readonly<Record<string, null>> {
  return Object.fromEntries(Object.keys(amounts).map((key) => [key, null]));
}
