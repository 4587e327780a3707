import { ALL_KINDS, KINDS, type KindName } from '../../model/kinds.ts';

/** The short names kubectl knows, and those that file names of bundles use. */
const SHORT: Readonly<Record<string, KindName>> = {
  cm: 'ConfigMap',
  cj: 'CronJob',
  ds: 'DaemonSet',
  deploy: 'Deployment',
  ep: 'Endpoints',
  eps: 'EndpointSlice',
  ev: 'Event',
  hpa: 'HorizontalPodAutoscaler',
  ing: 'Ingress',
  limits: 'LimitRange',
  ns: 'Namespace',
  netpol: 'NetworkPolicy',
  no: 'Node',
  pvc: 'PersistentVolumeClaim',
  po: 'Pod',
  pdb: 'PodDisruptionBudget',
  podmetric: 'PodMetrics',
  rs: 'ReplicaSet',
  rc: 'ReplicationController',
  quota: 'ResourceQuota',
  sa: 'ServiceAccount',
  svc: 'Service',
  sts: 'StatefulSet',
  anp: 'AdminNetworkPolicy',
  banp: 'BaselineAdminNetworkPolicy',
  cnp: 'CiliumNetworkPolicy',
  ccnp: 'CiliumClusterwideNetworkPolicy',
  gtw: 'Gateway',
};

/** Words too common in file names to mean a kind unless they are the whole name. */
const WEAK: ReadonlySet<string> = new Set([
  'no',
  'ns',
  'ev',
  'limits',
  'rc',
  'sa',
  'ep',
  'eps',
  'cj',
  'route',
  'event',
  'lease',
]);

/** Kinds whose plain names are everyday words, or another plugin's too: only their group tells them apart. */
const GROUP_ONLY: ReadonlySet<KindName> = new Set<KindName>([
  'AntreaIPPool',
  'Installation',
  'KubeOvnSubnet',
  'OpenShiftNetwork',
  'WhereaboutsIPPool',
]);

let words: Map<string, KindName> | undefined;

/**
 * The kind that a word means: plural, singular, short name, with or without hyphens (`network-policies`), upper case
 * or a group (`endpointslices.discovery.k8s.io`). Undefined for any other word.
 */
export function kindOfWord(word: string): KindName | undefined {
  const lower = word.toLowerCase();
  const dot = lower.indexOf('.');
  if (dot > 0) {
    const group = lower.slice(dot + 1);
    return kindOfPlural(group === 'core' ? '' : group, lower.slice(0, dot)) ?? undefined;
  }
  return wordMap().get(lower.replaceAll(/[-_]/g, ''));
}

/** The kind served under a group and plural, as folders of a must-gather name them; `core` is the group ``. */
export function kindOfPlural(group: string, plural: string): KindName | undefined {
  const wanted = group === 'core' ? '' : group;
  for (const key of ALL_KINDS) {
    const info = KINDS[key];
    if (info.plural === plural && (info.group === wanted || info.aliases?.includes(wanted))) return key;
  }
  return undefined;
}

export interface NameParts {
  readonly kind: KindName;
  /** What stands before and after the kind's name: perhaps a namespace. */
  readonly around: readonly string[];
}

/**
 * Reads a file name without its extension as `NAMESPACE-KIND`, `KIND_NAMESPACE`, `all-KIND` or just `KIND`. The longest
 * run of words that names a kind counts, the last one of equally long ones (`events-api-pods` is about pods).
 */
export function kindOfFileName(stem: string): NameParts | undefined {
  const whole = kindOfWord(stem);
  if (whole !== undefined) return { kind: whole, around: [] };
  const parts = stem.split(/([-_. ])/);
  for (let length = 5; length >= 1; length -= 2) {
    for (let start = parts.length - length; start >= 0; start -= 1) {
      if (start % 2 === 1) continue;
      const run = parts.slice(start, start + length).join('');
      if (length === 1 && WEAK.has(run.toLowerCase())) continue;
      const kind = kindOfWord(run.replaceAll(/[. ]/g, '-'));
      if (kind === undefined) continue;
      const around = [parts.slice(0, Math.max(0, start - 1)).join(''), parts.slice(start + length + 1).join('')];
      return { kind, around: around.filter((text) => text !== '') };
    }
  }
  return undefined;
}

function wordMap(): Map<string, KindName> {
  if (words !== undefined) return words;
  const map = new Map<string, KindName>();
  const add = (word: string, kind: KindName): void => {
    if (!map.has(word)) map.set(word, kind);
  };
  // Kinds of the same name: the built-in one comes first, as in kubectl.
  const keys = [...ALL_KINDS].sort((a, b) => rank(a) - rank(b));
  for (const key of keys) {
    if (GROUP_ONLY.has(key)) continue;
    add(KINDS[key].plural, key);
    add(KINDS[key].kind.toLowerCase(), key);
  }
  for (const [word, kind] of Object.entries(SHORT)) {
    add(word, kind);
    add(`${word}s`, kind);
  }
  words = map;
  return map;
}

function rank(key: KindName): number {
  return key === 'PodMetrics' || key.startsWith('Calico') ? 1 : 0;
}
