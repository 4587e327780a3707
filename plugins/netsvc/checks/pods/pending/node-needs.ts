import type { Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { LabelSelectorRequirement, Node } from '../../../../../shared/model/objects.ts';
import type { PodSpec } from '../../../../../shared/model/objects-pod.ts';
import type { Ref } from '../../../../../shared/model/refs.ts';
import { matchesLabels, matchesSelector } from '../../../../../shared/model/selectors.ts';
import { compareText, joinAnd, joinNames, shellQuote } from '../../../../../shared/util/text.ts';
import { isPatchable, patchTemplateSpec } from '../containers/workload-commands.ts';

/** What a pod asks of its node's labels, and what the nodes have instead. */
export interface NodeNeeds {
  /** `disktype=ssd`, `topology.kubernetes.io/zone in (zone-c)`; empty when it asks for nothing. */
  readonly wants: string;
  /** `nodes have topology.kubernetes.io/zone zone-a, zone-b`; empty when nodes were not read. */
  readonly have: string;
}

/** Compares nodeSelector and required node affinity with the labels of the nodes. */
export function nodeNeeds(index: ClusterIndex, spec: PodSpec | undefined): NodeNeeds {
  const selector = Object.entries(spec?.nodeSelector ?? {});
  const terms = requiredTerms(spec);
  const wants = [
    ...selector.map(([key, value]) => `${key}=${value}`),
    ...(terms.length === 0 ? [] : [terms.map((term) => joinAnd(term.map(inWords))).join(' or ')]),
  ];
  const keys = [...new Set([...selector.map(([key]) => key), ...terms.flat().map((entry) => entry.key ?? '')])];
  return { wants: joinAnd(wants), have: labelsThere(index, keys) };
}

function labelsThere(index: ClusterIndex, keys: readonly string[]): string {
  const nodes = index.list('Node');
  if (nodes.length === 0) return '';
  const facts = keys
    .filter((key) => key !== '')
    .map((key) => {
      const values = [...new Set(nodes.flatMap((node) => node.metadata?.labels?.[key] ?? []))].sort(compareText);
      return values.length === 0 ? `no node has label ${key}` : `nodes have ${key} ${joinNames(values, 4)}`;
    });
  return facts.join('; ');
}

function inWords({ key = '', operator = '', values = [] }: LabelSelectorRequirement): string {
  if (operator === 'Exists') return `label ${key}`;
  if (operator === 'DoesNotExist') return `no label ${key}`;
  if (operator === 'Gt' || operator === 'Lt') return `${key} ${operator === 'Gt' ? '>' : '<'} ${values[0] ?? ''}`;
  return `${key} ${operator === 'NotIn' ? 'not in' : 'in'} (${values.join(', ')})`;
}

/** The terms of required node affinity; one of them must hold, all expressions of it. */
function requiredTerms(spec: PodSpec | undefined): readonly (readonly LabelSelectorRequirement[])[] {
  const affinity = spec?.affinity as
    | {
        nodeAffinity?: {
          requiredDuringSchedulingIgnoredDuringExecution?: {
            nodeSelectorTerms?: readonly {
              matchExpressions?: readonly LabelSelectorRequirement[];
              matchFields?: readonly LabelSelectorRequirement[];
            }[];
          };
        };
      }
    | undefined;
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return terms.map((term) => [...(term.matchExpressions ?? []), ...(term.matchFields ?? [])]);
}

/** Whether nodeSelector and required node affinity let a pod onto a node. */
export function takesNode(spec: PodSpec | undefined, { metadata }: Node): boolean {
  const terms = requiredTerms(spec);
  return (
    matchesLabels(spec?.nodeSelector ?? {}, metadata?.labels) &&
    (terms.length === 0 || terms.some((matchExpressions) => matchesSelector({ matchExpressions }, metadata?.labels)))
  );
}

/** Ways to bring nodeSelector and nodes together: the value a node has, no selector, or a label on a node. */
export function nodeFixes(index: ClusterIndex, owner: Ref, spec: PodSpec | undefined): readonly Fix[] {
  const fixes: Fix[] = [];
  const nodes = index.list('Node');
  const entries = Object.entries(spec?.nodeSelector ?? {});
  const unmet = entries.filter(([key, value]) => !nodes.some((node) => node.metadata?.labels?.[key] === value));
  // Where some node has the labels, it is refused for another reason; without nodes nobody knows.
  const concerned = nodes.length === 0 ? entries : unmet;
  if (concerned.length > 0 && isPatchable(owner)) {
    const change = (value: (key: string, wanted: string) => string | null): string =>
      patchTemplateSpec(owner, {
        nodeSelector: Object.fromEntries(concerned.map(([key, wanted]) => [key, value(key, wanted)])),
      });
    const there = (key: string): string | null => firstValue(nodes, key);
    const allThere = concerned.every(([key]) => there(key) !== null);
    fixes.push({
      title: allThere
        ? 'ask for the label that nodes have'
        : `drop ${joinAnd(concerned.map(([key]) => key))} from the nodeSelector`,
      command: change((key) => (allThere ? there(key) : null)),
      risk: 'low',
      undo: change((_, wanted) => wanted),
    });
  }
  const node = nodes.find((candidate) => candidate.spec?.unschedulable !== true)?.metadata?.name;
  const own = concerned.every(([key]) => !/(^|\.)kubernetes\.io\//.test(key));
  if (concerned.length > 0 && own && node !== undefined) {
    fixes.push({
      title: `or label a node that is meant for these pods, such as ${node}`,
      command: `kubectl label node ${node} ${concerned.map(([key, value]) => shellQuote(`${key}=${value}`)).join(' ')}`,
      risk: 'low',
      undo: `kubectl label node ${node} ${concerned.map(([key]) => `${key}-`).join(' ')}`,
    });
  }
  const affinity = (spec?.affinity as { nodeAffinity?: unknown } | undefined)?.nodeAffinity;
  if (entries.length === 0 && affinity !== undefined && isPatchable(owner)) {
    fixes.push({
      title: 'drop the required node affinity',
      command: patchTemplateSpec(owner, { affinity: { nodeAffinity: null } }),
      risk: 'low',
      undo: patchTemplateSpec(owner, { affinity: { nodeAffinity: affinity } }),
    });
  }
  return fixes;
}

function firstValue(nodes: readonly Node[], key: string): string | null {
  const values = nodes.flatMap((node) => node.metadata?.labels?.[key] ?? []).sort(compareText);
  return values[0] ?? null;
}
