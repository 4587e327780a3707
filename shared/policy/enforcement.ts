/**
 * Does anything enforce network policy here? The API server accepts policies whether or not a network plugin acts on
 * them, and "my deny does nothing" is most often a cluster whose plugin does not. Judged from objects alone.
 */

import type { Node } from '../model/objects.ts';
import type { Pod } from '../model/objects-pod.ts';
import type { Workload } from '../model/objects-workload.ts';
import { type PluginTraits, UNKNOWN_PLUGIN } from './match.ts';
import { type Agent, type Evidence, PLUGINS, type PluginSign } from './plugins.ts';
import type { Verdict } from './verdict.ts';

export interface Enforcement {
  /** `unknown` when no known plugin was seen, or when the one that was seen may or may not. */
  readonly enforced: 'yes' | 'no' | 'unknown';
  /** The plugin that decides the answer: `Calico`, `Flannel`. Undefined when none was recognised. */
  readonly by: string | undefined;
  /** Every plugin that was recognised; chaining makes more than one legal. */
  readonly plugins: readonly PluginFound[];
}

export interface PluginFound {
  readonly name: string;
  readonly enforces: 'yes' | 'no' | 'unknown';
  readonly evidence: readonly Evidence[];
}

/** Lists that were not read are left out. Whole-cluster lists of DaemonSets are best, nodes come next, then pods. */
export interface EnforcementFacts {
  readonly daemonSets?: readonly Workload[];
  readonly pods?: readonly Pod[];
  readonly nodes?: readonly Node[];
}

export function detectEnforcement(facts: EnforcementFacts): Enforcement {
  const agents = agentsOf(facts);
  const nodes = facts.nodes ?? [];
  const plugins = PLUGINS.flatMap((plugin) => {
    const found = recognise(plugin, agents, nodes);
    return found === undefined ? [] : [found];
  });
  // An enforcing plugin beside a plain one (Canal, Cilium chained on AWS VPC CNI) decides; a doubt outranks a "no".
  for (const answer of ['yes', 'unknown', 'no'] as const) {
    const deciding = plugins.find(({ enforces }) => enforces === answer);
    if (deciding !== undefined) return { enforced: answer, by: deciding.name, plugins };
  }
  return { enforced: 'unknown', by: undefined, plugins };
}

function recognise(plugin: PluginSign, agents: readonly Agent[], nodes: readonly Node[]): PluginFound | undefined {
  const found = agents.filter((agent) => plugin.agents.some((name) => isAgent(agent, name)));
  const evidence: Evidence[] = found.slice(0, 1).map(({ source, name }) => ({ fact: `agent ${name}`, source }));
  const marked = nodes.map((node) => ({ node, sign: nodeSign(plugin, node) })).find(({ sign }) => sign !== undefined);
  if (marked?.sign !== undefined)
    evidence.push({ fact: marked.sign, source: `Node ${marked.node.metadata?.name ?? ''}` });
  if (evidence.length === 0) return undefined;
  const judged = plugin.judge?.(found, nodes) ?? { enforces: plugin.enforces };
  return { name: plugin.name, enforces: judged.enforces, evidence: [...evidence, ...(judged.evidence ?? [])] };
}

function nodeSign(plugin: PluginSign, { metadata, status }: Node): string | undefined {
  const annotation = Object.keys(metadata?.annotations ?? {}).find((key) =>
    plugin.annotations.some((prefix) => key.startsWith(prefix)),
  );
  if (annotation !== undefined) return `annotation ${annotation}`;
  const condition = (status?.conditions ?? []).find(
    ({ type, reason }) => type === 'NetworkUnavailable' && plugin.conditions.includes(reason ?? ''),
  );
  if (condition !== undefined) return `condition reason ${condition.reason ?? ''}`;
  const version = status?.nodeInfo?.kubeletVersion ?? '';
  return plugin.kubelet !== undefined && version.includes(plugin.kubelet) ? `kubelet ${version}` : undefined;
}

/** By name, with a distribution's prefix or a platform (`rke2-canal`, `kube-flannel-ds-amd64`), or by the usual labels. */
function isAgent({ name, labels }: Agent, wanted: string): boolean {
  const plain = name.replace(/-(amd64|arm64|arm|ppc64le|s390x|windows[\w-]*)$/, '');
  if (plain === wanted || plain.endsWith(`-${wanted}`)) return true;
  return ['k8s-app', 'app', 'name', 'app.kubernetes.io/name'].some((key) => labels[key] === wanted);
}

function agentsOf({ daemonSets, pods }: EnforcementFacts): readonly Agent[] {
  const sets = (daemonSets ?? []).map((object): Agent => {
    const { name = '', namespace = '', labels } = object.metadata ?? {};
    const template = object.spec?.template;
    return {
      source: `DaemonSet ${namespace}/${name}`,
      name,
      labels: { ...labels, ...template?.metadata?.labels },
      containers: template?.spec?.containers ?? [],
    };
  });
  const agents = (pods ?? []).flatMap((pod): readonly Agent[] => {
    const owner = (pod.metadata?.ownerReferences ?? []).find(({ kind }) => kind === 'DaemonSet');
    if (owner === undefined) return [];
    const { name = '', namespace = '', labels = {} } = pod.metadata ?? {};
    const containers = pod.spec?.containers ?? [];
    return [{ source: `Pod ${namespace}/${name}`, name: owner.name ?? '', labels, containers }];
  });
  return [...sets, ...agents];
}

/**
 * What is known of a plugin where the specification leaves a choice. `by` is a name as in `Enforcement.by`; an unknown
 * one gets the cautious defaults.
 */
export function traitsOf(by: string | undefined): PluginTraits {
  const wanted = by?.toLowerCase();
  return PLUGINS.find(({ name }) => name.toLowerCase() === wanted)?.traits ?? UNKNOWN_PLUGIN;
}

/** A verdict as it stands in this cluster: what policies deny passes where nothing enforces them. */
export function underEnforcement(verdict: Verdict, { enforced, by }: Enforcement): Verdict {
  if (enforced === 'yes' || verdict.answer === 'yes') return verdict;
  if (verdict.reasons.some(({ code }) => code === 'podFinished')) return verdict;
  if (enforced === 'no') {
    return { ...verdict, answer: 'yes', reasons: [{ code: 'notEnforced', by: by ?? '' }, ...verdict.reasons] };
  }
  return { ...verdict, reasons: [...verdict.reasons, { code: 'enforcementUnknown' }] };
}
