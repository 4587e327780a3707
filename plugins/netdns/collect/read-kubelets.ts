import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import { nameOf } from '../../../shared/model/refs.ts';

/** Kubelets of one cluster are set up alike; a few are asked, so that a large cluster does not cost a request per node. */
const MAX_NODES = 3;

/**
 * What kubelets write into resolv.conf of pods (`/configz`). The right for it (nodes/proxy) is a powerful one: it is
 * asked for first, and without it nothing is tried.
 */
export async function readKubelets(gatherer: Gatherer): Promise<void> {
  const { reader } = gatherer;
  const right = await reader.access({ verb: 'get', resource: 'nodes/proxy' });
  if (right.status !== 'ok' || !right.value) return;
  const nodes = (await gatherer.list('Node')).map(nameOf).slice(0, MAX_NODES);
  await Promise.all(
    nodes.map(async (name) => {
      const answer = await reader.proxy({ kind: 'Node', name, path: '/configz', timeoutMs: 3000 });
      if (answer.status !== 'ok' || answer.value.status !== 200) return;
      gatherer.keep({ path: `tools/kubelet/${name}/configz.json`, text: answer.value.text });
    }),
  );
}
