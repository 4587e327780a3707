import type { ConnectionOptions } from '../kube/ports.ts';
import type { KindName } from '../model/kinds.ts';
import { nameOf, namespaceOf } from '../model/refs.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { kindOfWord } from './target-kinds.ts';
import type { World } from './world.ts';

export interface NameQuery {
  /** The values of the flags that stand before the word. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly runtime: Runtime;
  readonly world: World;
}

/** A shell that waits longer than this is worse than one that offers nothing; kubectl itself waits five seconds. */
const DEADLINE_MS = 3000;

/** Names for a word or for a flag's value, from the kubeconfig, the cluster or the snapshot; empty when it takes too long. */
export async function completeNames(what: string, last: string, query: NameQuery): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(() => resolve([]), DEADLINE_MS);
  });
  try {
    return await Promise.race([find(what, last, query), late]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}

async function find(what: string, last: string, query: NameQuery): Promise<readonly string[]> {
  switch (what) {
    case 'context':
    case 'cluster':
    case 'user':
      return kubeconfigNames(what, query);
    case 'namespace':
      return namesOf('Namespace', query);
    case 'from':
      return (await namesOf('Pod', query)).map((name) => `pod/${name}`);
    case 'target':
      return targetNames(last, 'Service', query);
    case 'service':
      return namesOf('Service', query);
    case 'pod':
      return targetNames(last, 'Pod', query);
    default:
      return [];
  }
}

async function kubeconfigNames(what: 'context' | 'cluster' | 'user', query: NameQuery): Promise<readonly string[]> {
  const { loadKubeConfigFiles } = await import('../kube/config/load-files.ts');
  const config = await loadKubeConfigFiles(query.flags.get('kubeconfig')?.at(-1), query.runtime);
  const entries = { context: config.contexts, cluster: config.clusters, user: config.users }[what];
  return [...entries.keys()];
}

/** Names of the kind that is typed before a slash, else of the kind that a bare name has for the command. */
async function targetNames(last: string, bare: KindName, query: NameQuery): Promise<readonly string[]> {
  const slash = last.indexOf('/');
  if (slash < 0) return namesOf(bare, query);
  const kind = kindOfWord(last.slice(0, slash));
  if (kind === undefined) return [];
  return (await namesOf(kind, query)).map((name) => `${last.slice(0, slash)}/${name}`);
}

async function namesOf(kind: KindName, query: NameQuery): Promise<readonly string[]> {
  const paths = query.flags.get('snapshot') ?? [];
  const wanted = query.flags.get('namespace')?.at(-1);
  if (paths.length > 0) {
    const snapshot = await query.world.readSnapshots(paths, query.runtime);
    return namesIn(snapshot, kind, wanted);
  }
  const reader = await query.world.connect(connectionOf(query.flags), query.runtime, undefined);
  try {
    const namespace = wanted ?? reader.namespace;
    const result = await reader.list(kind, kind === 'Namespace' ? {} : { namespace });
    return result.status === 'ok' ? result.value.map(nameOf) : [];
  } finally {
    reader.close();
  }
}

function namesIn(snapshot: Snapshot, kind: KindName, namespace: string | undefined): readonly string[] {
  if (kind === 'Namespace') {
    return [...new Set((snapshot.objects.Service ?? []).map(namespaceOf))].filter((name) => name !== '');
  }
  const objects = snapshot.objects[kind] ?? [];
  const names = objects
    .filter((object) => namespace === undefined || namespaceOf(object) === namespace)
    .map((object) => nameOf(object));
  return [...new Set(names)];
}

/** Every flag by which kubectl finds a cluster; how long to wait is decided here. */
function connectionOf(flags: ReadonlyMap<string, readonly string[]>): ConnectionOptions {
  const last = (name: string): string | undefined => flags.get(name)?.at(-1);
  const texts = {
    kubeconfig: last('kubeconfig'),
    context: last('context'),
    cluster: last('cluster'),
    user: last('user'),
    server: last('server'),
    token: last('token'),
    as: last('as'),
    asUid: last('as-uid'),
    certificateAuthority: last('certificate-authority'),
    clientCertificate: last('client-certificate'),
    clientKey: last('client-key'),
    tlsServerName: last('tls-server-name'),
    requestTimeout: '2s',
  };
  const groups = flags.get('as-group');
  const insecure = last('insecure-skip-tls-verify');
  return {
    ...(Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined)) as ConnectionOptions),
    ...(groups === undefined ? {} : { asGroup: groups }),
    ...(insecure === undefined ? {} : { insecureSkipTlsVerify: insecure === 'true' }),
  };
}
