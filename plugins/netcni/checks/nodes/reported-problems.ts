import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Severity } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Node } from '../../../../shared/model/objects.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { isDown, nodeFacts } from '../../facts/nodes.ts';
import { nodeMessages } from '../../messages/nodes.ts';
import { groupBy, nodeWords } from '../words.ts';

interface Problem {
  readonly name: string;
  readonly meaning: string;
  readonly severity: Severity;
}

const UNREGISTER = 'the kernel does not let go of interfaces of pods that are gone, and new pods may hang';

/** Events of kubernetes/node-problem-detector (config/*.json); it repeats them for as long as they last. */
const EVENTS: readonly Problem[] = [
  { name: 'ConntrackFull', meaning: 'its table of connections is full, new ones are dropped', severity: 'critical' },
  {
    name: 'IPTablesVersionsMismatch',
    meaning: 'rules stand in iptables-legacy and in iptables-nft',
    severity: 'warning',
  },
  { name: 'UnregisterNetDevice', meaning: UNREGISTER, severity: 'warning' },
];

/** Conditions of the same that are bad when True, and of the node monitoring agent of EKS that are bad when False. */
const CONDITIONS: readonly (Problem & { readonly bad: 'True' | 'False' })[] = [
  { name: 'NetworkingReady', bad: 'False', meaning: 'its network is not in order', severity: 'critical' },
  { name: 'KernelDeadlock', bad: 'True', meaning: 'its kernel hangs', severity: 'critical' },
  { name: 'ReadonlyFilesystem', bad: 'True', meaning: 'its file system is read-only', severity: 'critical' },
  { name: 'FrequentUnregisterNetDevice', bad: 'True', meaning: UNREGISTER, severity: 'warning' },
  { name: 'FrequentKubeletRestart', bad: 'True', meaning: 'its kubelet restarts often', severity: 'warning' },
  { name: 'FrequentContainerdRestart', bad: 'True', meaning: 'its containerd restarts often', severity: 'warning' },
];

/** An event of this age, in milliseconds, is over: the detector looks every 30 seconds. */
const LATELY = 1_800_000;

/** What watchers on the nodes have written about them. */
export const reportedProblems = defineCheck<ClusterSubject>({
  id: 'netcni/node-problem-reported',
  group: 'nodes',
  needs: ['Node'],
  uses: ['Event'],
  run: (_, { index }) =>
    groupBy(
      nodeFacts(index)
        .filter((facts) => !isDown(facts) && facts.leaving === undefined)
        .flatMap(({ node, name }) =>
          [...fromConditions(node), ...fromEvents(index, node)].map((problem) => ({ name, problem })),
        ),
      ({ problem }) => problem.name,
    ).map((alike) => {
      const [{ name: first, problem }] = alike;
      const names = alike.map((one) => one.name);
      return nodeMessages.CNI214.raise({
        subject: { kind: 'Node', name: first },
        args: {
          nodes: nodeWords(names),
          many: names.length > 1,
          first,
          name: problem.name,
          meaning: problem.meaning,
          said: shorten(problem.said, 100),
        },
        severity: problem.severity,
        pods: names.map(nodeKey),
        evidence: alike
          .slice(0, 4)
          .map(({ problem: { said, name, source } }): Evidence => ({ fact: shorten(said, 200) || name, source })),
      });
    }),
});

type Told = Problem & { readonly said: string; readonly source: string };

function fromConditions(node: Node): readonly Told[] {
  return CONDITIONS.flatMap((problem) => {
    const found = node.status?.conditions?.find(({ type }) => type === problem.name);
    if (found?.status !== problem.bad) return [];
    const said = [found.reason, found.message].filter((text) => text !== undefined && text !== '').join(': ');
    return [{ ...problem, said, source: `Node ${nameOf(node)} status.conditions ${problem.name}` }];
  });
}

function fromEvents(index: ClusterIndex, node: Node): readonly Told[] {
  return EVENTS.flatMap((problem) => {
    const event = index.events(node, 'Node').findLast(({ reason }) => reason === problem.name);
    if (event === undefined || index.now - Date.parse(event.lastSeen) > LATELY) return [];
    return [{ ...problem, said: event.message, source: `Event ${problem.name} on Node ${nameOf(node)}` }];
  });
}
