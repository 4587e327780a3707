import type { KubeObject } from '../../model/objects.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { isRecord } from '../../util/records.ts';
import { createWordBook, type WordBook } from './pseudo-words.ts';

type Json = Readonly<Record<string, unknown>>;

/** Namespaces of Kubernetes itself and of well-known controllers: what runs there is called alike everywhere. */
const SYSTEM =
  /^(?:default|kube-.+|calico-.+|tigera-.+|cilium(?:-.+)?|istio-system|linkerd(?:-.+)?|metallb-system|ingress-nginx|traefik|cert-manager|keda|gatekeeper-system|openshift(?:-.+)?|cattle-.+|flux-system|argocd|local-path-storage|gke-.+|aks-.+|amazon-.+)$/;

/** Whether names in this namespace are public. Objects of people live in `default` as well. */
export function isSystemNamespace(namespace: string | undefined): boolean {
  return namespace !== undefined && namespace !== 'default' && SYSTEM.test(namespace);
}

/** Notes every word of the snapshot that may betray whose it is. */
export function collectWords(snapshot: Snapshot): WordBook {
  const book = createWordBook();
  for (const list of Object.values(snapshot.objects)) for (const object of list ?? []) collectObject(object, book);
  for (const list of Object.values(snapshot.others ?? {})) for (const object of list) collectObject(object, book);
  for (const log of snapshot.logs) {
    if (!isSystemNamespace(log.namespace)) {
      collectNamespace(log.namespace, book);
      book.add(log.pod);
      book.add(log.container);
    }
    collectHosts(log.text, book);
  }
  for (const tool of snapshot.tools) collectHosts(tool.text, book);
  for (const { namespace } of snapshot.coverage) collectNamespace(namespace, book);
  return book;
}

function collectObject(object: KubeObject, book: WordBook): void {
  const { kind = '', metadata: { name = '', namespace, generateName } = {} } = object;
  const system = isSystemNamespace(namespace);
  if (kind === 'Namespace') collectNamespace(name, book);
  else if (kind === 'CustomResourceDefinition' || kind === 'APIService') book.keep(name);
  else if (system) book.keep(withoutNode(object));
  else if (kind !== 'Event') {
    if (NAMED_BY_PEOPLE.has(kind)) book.addName(name);
    else book.add(name);
    book.add(generateName);
  }
  if (namespace !== undefined) collectNamespace(namespace, book);
  visit(object, '', book, system);
}

/** Kinds whose names are not derived from others. */
const NAMED_BY_PEOPLE: ReadonlySet<string> = new Set([
  'CronJob',
  'DaemonSet',
  'Deployment',
  'Ingress',
  'Job',
  'Node',
  'Service',
  'StatefulSet',
]);

function collectNamespace(name: string, book: WordBook): void {
  if (SYSTEM.test(name)) book.keep(name);
  else book.addName(name);
}

/** A static pod's name ends with its node's, which is no public name. */
function withoutNode(object: KubeObject): string {
  const { name = '' } = object.metadata ?? {};
  const nodeName = (object as { spec?: { nodeName?: unknown } }).spec?.nodeName;
  const ending = typeof nodeName === 'string' ? `-${nodeName}` : '';
  return ending !== '' && name.endsWith(ending) ? name.slice(0, -ending.length) : name;
}

/** Fields that name other objects or hosts. */
const FIELDS: ReadonlySet<string> = new Set([
  'claimName',
  'externalName',
  'host',
  'hostname',
  'hostnames',
  'hosts',
  'image',
  'ingressClassName',
  'searches',
  'secretName',
  'serviceAccountName',
  'serviceName',
  'subdomain',
  'zone',
]);

/** Fields that name nodes, which are people's own wherever they are named. */
const NODE_FIELDS: ReadonlySet<string> = new Set(['nodeName', 'nominatedNodeName']);

/** Lists whose items carry a name that people gave. */
const NAMED_LISTS: ReadonlySet<string> = new Set([
  'containers',
  'initContainers',
  'ephemeralContainers',
  'containerStatuses',
  'ports',
  'volumes',
  'ownerReferences',
  'imagePullSecrets',
]);

const LABEL_MAPS: ReadonlySet<string> = new Set(['labels', 'matchLabels', 'selector', 'nodeSelector']);

function visit(value: unknown, key: string, book: WordBook, system: boolean): void {
  if (typeof value === 'string') {
    if (key === 'namespace') collectNamespace(value, book);
    else if (NODE_FIELDS.has(key)) book.add(value);
    else if (FIELDS.has(key)) {
      if (!system) book.add(key === 'image' ? withoutTag(value) : value);
    } else if (value.length > 8) collectHosts(value, book);
    return;
  }
  if (Array.isArray(value)) {
    for (const item of value) {
      if (!system && NAMED_LISTS.has(key) && isRecord(item) && typeof item.name === 'string') book.add(item.name);
      visit(item, key, book, system);
    }
    return;
  }
  if (!isRecord(value)) return;
  for (const name of Object.keys(value)) {
    const inner = value[name];
    if (name === 'managedFields') continue;
    if (LABEL_MAPS.has(name) && isRecord(inner)) collectLabels(inner, book, system);
    if (name === 'values' && typeof value.key === 'string' && Array.isArray(inner) && !isPublicLabel(value.key)) {
      for (const item of inner) if (typeof item === 'string' && !system) book.add(item);
    }
    if (/Ref$|^service$|^resource$/.test(name) && isRecord(inner) && typeof inner.name === 'string' && !system) {
      book.add(inner.name);
    }
    visit(inner, name, book, system);
  }
}

function collectLabels(labels: Json, book: WordBook, system: boolean): void {
  for (const [key, value] of Object.entries(labels)) {
    if (typeof value !== 'string') continue;
    if (system) {
      if (!/hostname|node/.test(key)) book.keep(value);
    } else if (!isPublicLabel(key)) book.add(value);
  }
}

/** Labels that Kubernetes sets or reads with values of its own. */
function isPublicLabel(key: string): boolean {
  if (/^(?:pod-template-hash|controller-revision-hash|controller-uid|pod-template-generation)$/.test(key)) return true;
  if (/^(?:app\.kubernetes\.io|topology\.kubernetes\.io|failure-domain\.beta\.kubernetes\.io)\//.test(key))
    return false;
  if (/(?:service-name|hostname|metadata\.name|pod-name|job-name|\.name)$/.test(key)) return false;
  return (
    /(?:^|\.)(?:kubernetes\.io|k8s\.io|istio\.io|cilium\.io|openshift\.io)\//.test(key) || key === 'istio-injection'
  );
}

/** Domains that everyone uses. */
const PUBLIC_HOSTS =
  /(?:^|\.)(?:kubernetes\.io|k8s\.io|gcr\.io|ghcr\.io|quay\.io|docker\.io|docker\.com|github\.com|golang\.org|cluster\.local|istio\.io|cilium\.io|projectcalico\.org|openshift\.io|keda\.sh|sigs\.k8s\.io|prometheus\.io)$/i;

/** Notes host names in free text: words joined by dots that end in a domain. */
function collectHosts(text: string, book: WordBook): void {
  for (const [host] of text.matchAll(HOST)) if (!PUBLIC_HOSTS.test(host)) book.add(host);
}

const HOST =
  /(?<![\w./-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:com|org|net|io|dev|app|cloud|internal|corp|intra|lan|local|home|co|eu|de|uk|fr|nl|ch|at|us|in|jp|cn|br|au|ca|info|biz|example|test)(?![\w-]|\.\w)/gi;

function withoutTag(image: string): string {
  return image.replace(/@sha256:.*$/, '').replace(/:[^/:]*$/, '');
}
