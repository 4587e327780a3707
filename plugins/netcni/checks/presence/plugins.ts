import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { controllerOf } from '../../../../shared/model/owners.ts';
import { isTerminating } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { joinAnd, plural, shorten } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { agentGroups, nodeOfAgent } from '../../facts/agents.ts';
import { nodeFacts } from '../../facts/nodes.ts';
import { troubledPods } from '../../facts/troubled-pods.ts';
import { bringsNetwork } from '../../facts/unknown-network.ts';
import { presenceMessages } from '../../messages/presence.ts';
import { nodeWords } from '../words.ts';
import { AGENT_USES } from './agent-uses.ts';

/** Nodes that wait for a network, and no plugin that could give it. */
export const noNetworkPlugin = defineCheck<ClusterSubject>({
  id: 'netcni/no-network-plugin',
  group: 'plugin',
  needs: ['Node', 'DaemonSet'],
  uses: [...AGENT_USES, 'Deployment'],
  run: (_, { index }) => {
    if (detectNetwork(index).plugins.some(({ alive }) => alive !== 'leftover')) return [];
    if (detectNetwork(index).primary !== undefined || !isWhollyRead(index, 'DaemonSet')) return [];
    const nodes = nodeFacts(index).filter(({ standing, takesAgents }) => standing === 'no-network' && takesAgents);
    const bearing = nodeFacts(index).filter(({ standing, takesAgents }) => standing === 'ready' && takesAgents);
    const [first] = nodes;
    // Where others are ready there is a network without agents, whose file this node lacks.
    if (first === undefined || bearing.length > 0) return [];
    // What was asked for is there; that its operator does not bring it about is told by the operator.
    if (index.list('Installation').length > 0) return [];
    const operator = index.list('Deployment').find((one) => nameOf(one) === 'tigera-operator');
    return [
      presenceMessages.CNI101.raise({
        subject: { kind: 'Node', name: first.name },
        args: {
          nodes: nodeWords(nodes.map(({ name }) => name)),
          said: shorten((first.ready?.message ?? '').replace(/^.*message:/, ''), 80),
          waits: operator === undefined ? '' : '; tigera-operator waits for an Installation, and there is none',
        },
        pods: nodes.map(({ name }) => nodeKey(name)),
        evidence: [
          { fact: shorten(first.ready?.message ?? '', 200), source: `Node ${first.name} status.conditions` },
          {
            fact: 'none of them belongs to a network plugin that is known',
            source: `${index.list('DaemonSet').length} DaemonSets of all namespaces`,
          },
        ],
      }),
    ];
  },
});

/** Two plugins that would both give pods their interface. */
export const twoNetworkPlugins = defineCheck<ClusterSubject>({
  id: 'netcni/two-network-plugins',
  group: 'plugin',
  needs: [],
  uses: AGENT_USES,
  run: (_, { index }) => {
    const { clash } = detectNetwork(index);
    const [first] = clash;
    if (first === undefined) return installedTwice(index);
    const [set] = first.sets;
    return [
      presenceMessages.CNI102.raise({
        subject:
          set === undefined
            ? { kind: 'DaemonSet', name: first.title }
            : { kind: 'DaemonSet', namespace: set.metadata?.namespace ?? '', name: set.metadata?.name ?? '' },
        args: {
          plugins: joinAnd(clash.map(({ title }) => title)),
          first: clash.map(({ sets, title }) => sets[0]?.metadata?.name ?? title).join('|'),
        },
        evidence: clash.flatMap(({ title, evidence }) =>
          evidence.slice(0, 2).map(({ fact, source }) => ({ fact: `${title}: ${fact}`, source })),
        ),
      }),
    ];
  },
});

/** One plugin with two DaemonSets that both run on a node: a new manifest that uses another namespace or name. */
function installedTwice(index: ClusterIndex): readonly Finding[] {
  return agentGroups(index).flatMap(({ role, title, sets, pods }) => {
    if (role !== 'network' || sets.length < 2) return [];
    const setsOn = new Map<string, Set<Workload>>();
    for (const pod of pods) {
      const owner = controllerOf(pod)?.name;
      const set = sets.find((one) => nameOf(one) === owner && namespaceOf(one) === namespaceOf(pod));
      const node = nodeOfAgent(pod);
      if (set !== undefined && !isTerminating(pod)) setsOn.set(node, (setsOn.get(node) ?? new Set()).add(set));
    }
    const [node, both] = [...setsOn].find(([, own]) => own.size > 1) ?? [];
    const [one, other] = [...(both ?? [])];
    if (node === undefined || one === undefined || other === undefined || !sameProgram(one, other)) return [];
    const names = [one, other].map((set) => `${namespaceOf(set)}/${nameOf(set)}`);
    const doubled = [...setsOn].filter(([, own]) => own.size > 1).length;
    return [
      presenceMessages.CNI102.raise({
        subject: refOf(one, 'DaemonSet'),
        args: { plugins: joinAnd(names.map((name) => `${title} of ${name}`)), first: nameOf(one) },
        evidence: [
          { fact: `pods of both on ${plural(doubled, 'node')}, such as ${node}`, source: 'Pods' },
          ...names.map((name) => ({ fact: `agent of ${title}`, source: `DaemonSet ${name}` })),
        ],
      }),
    ];
  });
}

/** Whether two DaemonSets run one program; an exporter or helper may carry the label of the agent. */
function sameProgram(one: Workload, other: Workload): boolean {
  const programs = (set: Workload): readonly string[] =>
    (set.spec?.template?.spec?.containers ?? []).map(
      ({ image = '' }) => /([^/:@]+)(?::[^/]*)?(?:@.*)?$/.exec(image)?.[1] ?? image,
    );
  return programs(one).some((program) => programs(other).includes(program));
}

/** Nodes remember a plugin whose DaemonSet is gone, and lack network. */
export const agentsGone = defineCheck<ClusterSubject>({
  id: 'netcni/agents-gone',
  group: 'plugin',
  needs: ['Node', 'DaemonSet'],
  uses: [...AGENT_USES, 'Event'],
  run: (_, { index }) => {
    const { primary } = detectNetwork(index);
    if (primary?.alive !== 'leftover' || primary.sets.length > 0 || primary.name === 'kubenet') return [];
    const hurt = new Set([
      ...nodeFacts(index)
        .filter(({ standing }) => standing === 'no-network')
        .map(({ name }) => name),
      ...troubledPods(index).map(({ node }) => node),
    ]);
    // Marks outlive an agent that ran as a service of the machine, or gave way to a plugin that is not known here.
    if (hurt.size === 0 && index.list('DaemonSet').some(bringsNetwork)) return [];
    const names = [...hurt].sort();
    return [
      presenceMessages.CNI107.raise({
        subject:
          names.length === 0 ? { kind: 'DaemonSet', name: primary.title } : { kind: 'Node', name: names[0] ?? '' },
        args: {
          title: primary.title,
          nodes: names.length === 0 ? '' : nodeWords(names),
          sign: primary.evidence[0]?.fact ?? '',
        },
        severity: names.length === 0 ? 'warning' : 'critical',
        ...(names.length === 0 ? { confidence: 'possible' as const } : { pods: names.map(nodeKey) }),
        evidence: [
          ...primary.evidence.slice(0, 2),
          {
            fact: `no DaemonSet of ${primary.title} among ${index.list('DaemonSet').length}`,
            source: 'DaemonSets of all namespaces',
          },
        ],
      }),
    ];
  },
});
