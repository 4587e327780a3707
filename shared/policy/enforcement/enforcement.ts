/**
 * Does anything enforce network policy here? The API server accepts policies whether or not a network plugin acts on
 * them, and "my deny does nothing" is most often a cluster whose plugin does not. Judged from objects alone.
 */

import {
  type PluginEvidence,
  type PluginFacts,
  type Recognised,
  recognisePlugins,
} from '../../model/network-plugins.ts';
import type { Node } from '../../model/objects.ts';
import type { Verdict } from '../evaluate/verdict.ts';
import { type PluginTraits, UNKNOWN_PLUGIN } from '../rules/match.ts';
import { ENFORCEMENT } from './plugins.ts';

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
  readonly evidence: readonly PluginEvidence[];
}

/** Which plugins are there, and whether network policy is enforced: yes, no, or unknown. */
export function detectEnforcement(facts: PluginFacts): Enforcement {
  const nodes = facts.nodes ?? [];
  const plugins = recognisePlugins(facts).flatMap((found) => judged(found, nodes) ?? []);
  // An enforcing plugin beside a plain one (Canal, Cilium chained on AWS VPC CNI) decides; a doubt outranks a "no".
  for (const answer of ['yes', 'unknown', 'no'] as const) {
    const deciding = plugins.find(({ enforces }) => enforces === answer);
    if (deciding !== undefined) return { enforced: answer, by: deciding.name, plugins };
  }
  return { enforced: 'unknown', by: undefined, plugins };
}

function judged({ sign, agents, evidence }: Recognised, nodes: readonly Node[]): PluginFound | undefined {
  const known = ENFORCEMENT[sign.name];
  if (known === undefined) return undefined;
  const verdict = known.judge?.(agents, nodes) ?? { enforces: known.enforces };
  return { name: sign.name, enforces: verdict.enforces, evidence: [...evidence, ...(verdict.evidence ?? [])] };
}

/**
 * What is known of a plugin where the specification leaves a choice. `by` is a name as in `Enforcement.by`; an unknown
 * one gets the cautious defaults.
 */
export function traitsOf(by: string | undefined): PluginTraits {
  const wanted = by?.toLowerCase();
  const known = Object.entries(ENFORCEMENT).find(([name]) => name.toLowerCase() === wanted)?.[1];
  return known?.traits ?? UNKNOWN_PLUGIN;
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
