import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { isReady } from '../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { agentGroups, nodeOfAgent } from '../facts/agents.ts';
import { downNodes } from '../facts/nodes.ts';
import { HEALTH_FOLDER } from '../facts/proxy-health.ts';

/** Where kube-proxy tells how it is, on every address of its node unless set otherwise (--healthz-bind-address). */
const PORT = 10_256;
const WAIT_MS = 1500;
/** Enough to tell one that hangs from the others; a request for each of thousands is too much. */
const MAX_PODS = 40;

const LINES = 60;

/**
 * Asks each kube-proxy how it is, through the API server: a process that hangs looks alive to everybody else. The right
 * for it (pods/proxy) is asked for first, and without it nothing is tried.
 */
export async function readProxies(gatherer: Gatherer): Promise<void> {
  const index = createIndex(gatherer.finish());
  const pods = agentGroups(index)
    .filter(({ role }) => role === 'kube-proxy')
    .flatMap((group) => group.pods)
    .filter((pod) => isReady(pod) && !downNodes(index).has(nodeOfAgent(pod)))
    .slice(0, MAX_PODS);
  const [first] = pods;
  if (first === undefined) return;
  const right = await gatherer.reader.access({
    verb: 'get',
    resource: 'pods/proxy',
    namespace: namespaceOf(first),
  });
  if (right.status !== 'ok' || !right.value) {
    gatherer.keep({ path: `${HEALTH_FOLDER}/refused.txt`, text: 'forbidden: get pods/proxy' });
    return;
  }
  await Promise.all(
    pods.map(async (pod) => {
      const target = { kind: 'Pod', namespace: namespaceOf(pod), name: nameOf(pod), port: PORT } as const;
      const answer = await gatherer.reader.proxy({ ...target, path: '/healthz', timeoutMs: WAIT_MS });
      const text = answer.status === 'ok' ? `${answer.value.status}\n${answer.value.text}` : `none\n${answer.reason}`;
      gatherer.keep({ path: `${HEALTH_FOLDER}/${nodeOfAgent(pod)}/healthz.txt`, text });
      // It says in its log what it waits for.
      if (/connection refused/.test(text))
        await gatherer.logs(namespaceOf(pod), nameOf(pod), { container: nameOfContainer(pod), tailLines: LINES });
    }),
  );
}

function nameOfContainer({ spec }: Pod): string {
  return spec?.containers?.[0]?.name ?? '';
}
