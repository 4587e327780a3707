import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { agentGroups, nodeOfAgent } from '../../facts/agents.ts';
import { logCause } from '../../facts/log-causes.ts';
import { downNodes } from '../../facts/nodes.ts';
import { type ProxyHealth, proxyHealth } from '../../facts/proxy-health.ts';
import { nodeMessages } from '../../messages/nodes.ts';
import { joinAlike } from '../join-alike.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';

/** A kube-proxy that looks alive and follows no change any more, as its own health page tells, or its silence. */
export const kubeProxyHangs = defineCheck<ClusterSubject>({
  id: 'netcni/kube-proxy-hangs',
  group: 'kube-proxy',
  needs: [],
  uses: [...AGENT_USES, 'Event'],
  applies: (_, { index }) => proxyHealth(index).length > 0,
  run: (_, { index, now }) => {
    const all = proxyHealth(index);
    // Where nobody answers, the way there is what fails.
    const answered = all.some(({ state }) => state === 'well' || state === 'late');
    const pods = agentGroups(index)
      .filter(({ role }) => role === 'kube-proxy')
      .flatMap((group) => group.pods);
    const hung = all.flatMap((health) => {
      if (health.state === 'well' || health.state === 'unknown' || downNodes(index).has(health.node)) return [];
      if (health.state === 'silent' && !answered) return [];
      const pod = pods.find((one) => nodeOfAgent(one) === health.node);
      if (health.state === 'refused' && (!answered || pod === undefined || isYoung(pod, now))) return [];
      const cause = pod === undefined || health.state !== 'refused' ? undefined : logCause(index, pod);
      const finding = nodeMessages.CNI212.raise({
        subject: { kind: 'Node', name: health.node },
        args: {
          node: health.node,
          what: `${wordsOf(health)}${cause === undefined ? '' : `; ${cause.meaning}`}`,
          fix: cause?.fix ?? [],
          pod: nameOf(pod ?? {}),
          namespace: namespaceOf(pod ?? {}),
        },
        confidence: health.state === 'late' ? 'proven' : 'likely',
        pods: [nodeKey(health.node)],
        evidence: [
          {
            fact:
              health.state === 'late'
                ? `503 ${shorten(health.said, 160)}`
                : health.state === 'refused'
                  ? 'connection refused'
                  : 'no answer in time',
            source: `kube-proxy of node ${health.node}, :10256/healthz`,
          },
          ...(cause === undefined ? [] : [{ fact: cause.line, source: cause.source }]),
          ...(pod === undefined
            ? []
            : [{ fact: 'the pod counts as ready', source: `Pod ${namespaceOf(pod)}/${nameOf(pod)} status` }]),
          {
            fact: `${all.filter(({ state }) => state === 'well').length} of ${all.length} kube-proxies answer that they are well`,
            source: ':10256/healthz of each, through the API server',
          },
        ],
      });
      return [{ name: health.node, words: `${health.state} ${cause?.meaning}`, finding }];
    });
    return joinAlike(index, hung);
  },
});

/** It listens after it has read its node and begun to watch Services. */
const START_MS = 60_000;

function isYoung({ status }: Pod, now: number): boolean {
  const started = (status?.containerStatuses ?? []).map(({ state }) => Date.parse(state?.running?.startedAt ?? ''));
  return !started.every((time) => now - time > START_MS);
}

function wordsOf({ state, lastUpdated }: ProxyHealth): string {
  if (state === 'refused') return 'it has not come so far as to open its health port';
  if (state === 'silent') return 'it takes connections and answers nothing';
  return `it has not brought its rules up to date since ${lastUpdated ?? 'an unknown time'}`;
}
