import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Fix } from '../../../../shared/messages/finding.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Node } from '../../../../shared/model/objects.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { isFinished, isReady, isTerminating, podKey } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { sicknessOf } from '../../../../shared/model/sick-pods.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { logCause } from '../../facts/log-causes.ts';
import { isDown, nodeFacts } from '../../facts/nodes.ts';
import { nodeMessages } from '../../messages/nodes.ts';
import { nodeWords } from '../words.ts';

/** A taint that a node is born with, and who takes it off once the node is known there. */
interface StartTaint {
  readonly key: string;
  readonly lifter: string;
  /** Names of the pods of whoever lifts it; undefined where that runs in another cluster. */
  readonly pods: RegExp | undefined;
  /** What is to be looked for where none of them is there. */
  readonly look: string;
}

/**
 * Sources: k8s.io/cloud-provider api/well_known_taints.go, cluster-api controllers/noderefutil (bootstrap taint),
 * karpenter.sh pkg/apis/v1 taints.
 */
const START_TAINTS: readonly StartTaint[] = [
  {
    key: 'node.cloudprovider.kubernetes.io/uninitialized',
    lifter: 'the cloud controller manager',
    pods: /cloud-(controller|node)-manager|cloud-provider|(^|-)ccm(-|$)/,
    look: "kubectl get pods -A -o wide | grep -iE 'cloud-controller|cloud-provider|ccm'",
  },
  {
    key: 'node.cluster.x-k8s.io/uninitialized',
    lifter: 'Cluster API',
    pods: undefined,
    look: 'kubectl get machines -A -o wide   # in the management cluster',
  },
  {
    key: 'karpenter.sh/unregistered',
    lifter: 'Karpenter',
    pods: /^karpenter-/,
    look: 'kubectl get nodeclaims -o wide',
  },
];

/** Nodes that nobody took in: they keep the taint of their start, and ordinary pods stay away. */
export const startTaintStays = defineCheck<ClusterSubject>({
  id: 'netcni/start-taint-stays',
  group: 'nodes',
  needs: ['Node'],
  uses: ['Pod', 'Event', 'DaemonSet', 'ReplicaSet'],
  run: (_, { index, now }) => {
    const able = nodeFacts(index).filter((facts) => facts.takesAgents && !facts.fresh && !isDown(facts));
    return START_TAINTS.flatMap((start) => {
      const nodes = able.filter(({ node }) => taintOf(node, start.key) !== undefined);
      const [first] = nodes;
      if (first === undefined) return [];
      const names = nodes.map(({ name }) => name);
      const { why, pod, evidence } = lifterOf(index, start, now);
      const words = taintWords(taintOf(first.node, start.key));
      return [
        nodeMessages.CNI215.raise({
          subject: { kind: 'Node', name: first.name },
          args: {
            nodes: nodeWords(names),
            names: names.join(' '),
            key: start.key,
            words,
            lifter: start.lifter,
            why,
            fix: fixFor(start, pod),
          },
          severity: nodes.length === able.length ? 'critical' : 'warning',
          impact: nodes.length / nodeFacts(index).length,
          pods: names.map(nodeKey),
          evidence: [
            {
              fact: `taint ${words}${joinedWords(first.node, now)}`,
              source: `Node ${first.name} spec.taints`,
            },
            ...evidence,
          ],
        }),
      ];
    });
  },
});

function taintOf({ spec }: Node, wanted: string) {
  return spec?.taints?.find(({ key }) => key === wanted);
}

function taintWords(taint: ReturnType<typeof taintOf>): string {
  const { key = '', value = '', effect = '' } = taint ?? {};
  return `${key}${value === '' ? '' : `=${value}`}:${effect}`;
}

function joinedWords({ metadata }: Node, now: number): string {
  const joined = ago(metadata?.creationTimestamp, now);
  return joined === '' ? '' : `; the node joined ${joined}`;
}

interface Lifter {
  readonly why: string;
  readonly pod: Pod | undefined;
  readonly evidence: readonly Evidence[];
}

/** How the one stands that ought to have taken the taint off. */
function lifterOf(index: ClusterIndex, { pods: form, lifter }: StartTaint, now: number): Lifter {
  if (form === undefined) return { why: '', pod: undefined, evidence: [] };
  const pods = index.list('Pod').filter((pod) => form.test(nameOf(pod)) && !isFinished(pod) && !isTerminating(pod));
  const sick = pods.find((pod) => sicknessOf(index, pod, now) !== undefined);
  if (sick !== undefined && !pods.some((pod) => isReady(pod))) {
    const { reason = '', message = '' } = sicknessOf(index, sick, now) ?? {};
    const cause = logCause(index, sick);
    const said = cause?.line ?? message;
    return {
      why: `: its pod ${podKey(sick)} does not work (${reason}${cause === undefined ? '' : `: ${cause.meaning}`})`,
      pod: sick,
      evidence: [{ fact: `${reason}${said === '' ? '' : `: ${said}`}`, source: `Pod ${podKey(sick)} status` }],
    };
  }
  const [pod] = pods;
  if (pod !== undefined) {
    const fact = `${lifter} runs, and its log tells why it does not know the node`;
    return { why: '', pod, evidence: [{ fact, source: `Pod ${podKey(pod)}` }] };
  }
  if (!isWhollyRead(index, 'Pod')) return { why: '', pod: undefined, evidence: [] };
  return {
    why: ', and no pod of it is in this cluster',
    pod: undefined,
    evidence: [{ fact: `no pod of ${lifter}`, source: 'Pods of all namespaces' }],
  };
}

function fixFor({ look, lifter }: StartTaint, pod: Pod | undefined): Fix {
  if (pod === undefined) return { title: `see whether ${lifter} runs`, command: look, risk: 'none' };
  const command = `kubectl logs -n ${namespaceOf(pod)} ${nameOf(pod)} --tail=50`;
  return { title: `read why ${lifter} does not take the node in`, command, risk: 'none' };
}
