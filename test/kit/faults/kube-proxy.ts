import { KubeApi } from '../../cluster/api.ts';
import { findProgram, signalProgram } from '../../cluster/machine/control.ts';
import { runOn, tryOn } from '../../cluster/machine/enter.ts';
import { readState } from '../../cluster/state.ts';
import { waitFor } from '../../cluster/wait.ts';
import type { TestCluster } from '../cluster.ts';
import { waitForRollout } from '../states.ts';
import { once, type Undo } from '../undo.ts';
import { replacePodsOn } from './pods.ts';

const daemonSet = '/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy';

/** Kills the process once. The kubelet starts it again; the undo waits for that. */
export async function crashKubeProxy(cluster: TestCluster, node: string): Promise<Undo> {
  await mustSignal(cluster, node, 'SIGKILL');
  return once(() => waitForRollout('daemonsets', 'kube-system', 'kube-proxy', cluster));
}

/** Takes kube-proxy off a node. It does not clean up when it ends: its last rules stay. */
export async function removeKubeProxy(cluster: TestCluster, node: string): Promise<Undo> {
  const notHere = { key: 'kubernetes.io/hostname', operator: 'NotIn', values: [node] };
  const affinity = {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [notHere] }] },
    },
  };
  await patchAffinity(cluster, affinity);
  await waitFor(
    `kube-proxy to leave ${node}`,
    async () => (await findProgram(cluster.name, node, 'kube-proxy')).length === 0,
  );
  return once(async () => {
    await patchAffinity(cluster, null);
    await waitForRollout('daemonsets', 'kube-system', 'kube-proxy', cluster);
  });
}

/** Stops the process without ending it: it looks alive, and its rules go stale. */
export async function freezeKubeProxy(cluster: TestCluster, node: string): Promise<Undo> {
  await mustSignal(cluster, node, 'SIGSTOP');
  return once(() => mustSignal(cluster, node, 'SIGCONT'));
}

/** Empties the rules that lead to Services. kube-proxy is frozen, or it would put them back in seconds. */
export async function flushServiceRules(cluster: TestCluster, node: string): Promise<Undo> {
  return await changeRules(cluster, node, async () => {
    if (proxyMode(cluster) === 'nftables') {
      await runOn(cluster.name, node, ['nft', 'flush', 'chain', 'ip', 'kube-proxy', 'services']);
    } else {
      await runOn(cluster.name, node, ['iptables', '-w', '-t', 'nat', '-F', 'KUBE-SERVICES']);
    }
  });
}

/** Takes away the rules of one Service on one node, as a half-done update would. kube-proxy is frozen. */
export async function breakServiceRules(
  cluster: TestCluster,
  node: string,
  service: { readonly namespace: string; readonly name: string },
): Promise<Undo> {
  const full = `${service.namespace}/${service.name}`;
  return await changeRules(cluster, node, async () => {
    const count = await (proxyMode(cluster) === 'nftables' ? dropMapEntries : dropRules)(cluster, node, full);
    if (count === 0) {
      throw new Error(`${node} has no rule for ${full}`);
    }
  });
}

async function dropRules(cluster: TestCluster, node: string, service: string): Promise<number> {
  const saved = await runOn(cluster.name, node, ['iptables-save', '-t', 'nat']);
  const mine = saved.split('\n').filter((line) => line.startsWith('-A KUBE-SERVICES') && isAbout(line, service));
  const deletions = mine.map((line) => line.replace('-A ', '-D '));
  await runOn(cluster.name, node, ['iptables-restore', '-w', '--noflush'], `*nat\n${deletions.join('\n')}\nCOMMIT\n`);
  return mine.length;
}

/** The comment holds the Service's full name, then a colon and the port's name, or " cluster IP". */
function isAbout(line: string, service: string): boolean {
  return line.includes(`"${service}:`) || line.includes(`"${service} `);
}

async function dropMapEntries(cluster: TestCluster, node: string, service: string): Promise<number> {
  const text = await runOn(cluster.name, node, ['nft', 'list', 'map', 'ip', 'kube-proxy', 'service-ips']);
  const keys = [...text.matchAll(/(\d[\d.]* \. \w+ \. \d+)[^,}]*? : goto \w+-\w+-([^\s,]+)/g)]
    .filter(([, , target]) => target?.startsWith(`${service}/`))
    .map(([, key]) => key ?? '');
  for (const key of keys) {
    await runOn(cluster.name, node, ['nft', `delete element ip kube-proxy service-ips { ${key} }`]);
  }
  return keys.length;
}

/** Freezes, changes, and undoes with a new kube-proxy, which writes all rules when it starts. */
async function changeRules(cluster: TestCluster, node: string, change: () => Promise<void>): Promise<Undo> {
  const before = await serviceRuleCount(cluster, node);
  const thaw = await freezeKubeProxy(cluster, node);
  const undo = once(async () => {
    await thaw();
    await replacePodsOn(cluster, node, 'kube-system', 'k8s-app=kube-proxy');
    await waitForRollout('daemonsets', 'kube-system', 'kube-proxy', cluster);
    await waitFor(
      `Service rules on ${node}`,
      async () => (await serviceRuleCount(cluster, node)) >= Math.min(before, 2),
    );
  });
  try {
    await change();
  } catch (error) {
    await undo();
    throw error;
  }
  return undo;
}

async function serviceRuleCount(cluster: TestCluster, node: string): Promise<number> {
  const command =
    proxyMode(cluster) === 'nftables'
      ? ['nft', 'list', 'chain', 'ip', 'kube-proxy', 'services']
      : ['iptables', '-w', '-t', 'nat', '-S', 'KUBE-SERVICES'];
  const { stdout } = await tryOn(cluster.name, node, command);
  return stdout.split('\n').filter((line) => line.includes(' -d ') || line.includes('vmap')).length;
}

function proxyMode(cluster: TestCluster): string {
  return readState(cluster.name)?.options.proxyMode ?? 'iptables';
}

async function mustSignal(
  cluster: TestCluster,
  node: string,
  signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT',
): Promise<void> {
  if ((await signalProgram(cluster.name, node, 'kube-proxy', signal)) === 0) {
    throw new Error(`no kube-proxy runs on ${node}`);
  }
}

async function patchAffinity(cluster: TestCluster, affinity: object | null): Promise<void> {
  const api = new KubeApi(cluster.kubeconfig);
  try {
    await api.patch(daemonSet, { spec: { template: { spec: { affinity } } } });
  } finally {
    api.close();
  }
}
