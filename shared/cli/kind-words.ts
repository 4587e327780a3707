/** The kinds that a user may name, with the names that kubectl knows them by. */
export const KIND_WORDS = {
  Service: ['service', 'services', 'svc'],
  Pod: ['pod', 'pods', 'po'],
  Deployment: ['deployment', 'deployments', 'deploy'],
  StatefulSet: ['statefulset', 'statefulsets', 'sts'],
  DaemonSet: ['daemonset', 'daemonsets', 'ds'],
  ReplicaSet: ['replicaset', 'replicasets', 'rs'],
  ReplicationController: ['replicationcontroller', 'replicationcontrollers', 'rc'],
  Job: ['job', 'jobs'],
  CronJob: ['cronjob', 'cronjobs', 'cj'],
  Ingress: ['ingress', 'ingresses', 'ing'],
  Node: ['node', 'nodes', 'no'],
  Namespace: ['namespace', 'namespaces', 'ns'],
  ConfigMap: ['configmap', 'configmaps', 'cm'],
  Secret: ['secret', 'secrets'],
  PersistentVolumeClaim: ['persistentvolumeclaim', 'persistentvolumeclaims', 'pvc'],
  HorizontalPodAutoscaler: ['horizontalpodautoscaler', 'horizontalpodautoscalers', 'hpa'],
  NetworkPolicy: ['networkpolicy', 'networkpolicies', 'netpol'],
  EndpointSlice: ['endpointslice', 'endpointslices'],
  HTTPRoute: ['httproute', 'httproutes'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type WordedKind = keyof typeof KIND_WORDS;

/** The kind that a word means to kubectl: `deployments.apps` and `Deployment` are read like `deployment`. */
export function kindAmong<Kind extends WordedKind>(kinds: readonly Kind[], word: string): Kind | undefined {
  const bare = word.toLowerCase().split('.')[0] ?? '';
  return kinds.find((kind) => (KIND_WORDS[kind] as readonly string[]).includes(bare));
}

/** The same among all kinds that have words here. */
export function kindOfAnyWord(word: string): WordedKind | undefined {
  return kindAmong(Object.keys(KIND_WORDS) as WordedKind[], word);
}

/** All words for some kinds. */
export function wordsFor(kinds: readonly WordedKind[]): readonly string[] {
  return kinds.flatMap((kind) => KIND_WORDS[kind]);
}
