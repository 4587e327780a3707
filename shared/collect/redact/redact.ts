import { createHash } from 'node:crypto';
import type { KubeObject } from '../../model/objects.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { isRecord } from '../../util/records.ts';
import { addressMapper } from './pseudo-address.ts';
import { chainHashes, renameChains } from './pseudo-chains.ts';
import { collectWords, isSystemNamespace } from './redact-collect.ts';
import { REMOVED } from './scrub.ts';

type Json = Readonly<Record<string, unknown>>;

/** Bounded, because a log may hold words of any length. */
const MAIL = /(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g;

/**
 * The snapshot with pseudonyms for namespaces, workloads, Services, nodes, hosts, label values and addresses. The same
 * name gets the same pseudonym everywhere, so that selectors, ports, policies and addresses relate as before and a
 * diagnosis finds the same cause. Names of system namespaces, protocols and Kubernetes' own labels stay. Give it a
 * snapshot from which secrets were removed (`forRecording`).
 */
export function redact(snapshot: Snapshot): Snapshot {
  const book = collectWords(snapshot);
  const words = book.mapper();
  const key = createHash('sha256').update(book.fingerprint()).digest('hex');
  const addresses = addressMapper(key);
  const mail = (text: string): string => (text.includes('@') ? text.replace(MAIL, REMOVED) : text);
  const hashes = chainHashes(snapshot, words, addresses);
  const change: Change = {
    text: (text) => words(addresses(mail(text))),
    tool: (text) => renameChains(words(addresses(mail(text))), hashes),
    uid: (text) => (UUID.test(text) ? text : createHash('sha256').update(key).update(text).digest('hex').slice(0, 32)),
  };
  const object = (value: KubeObject): KubeObject => redactObject(value, change);
  const objects = Object.fromEntries(
    Object.entries(snapshot.objects).map(([kind, list]) => [kind, (list as readonly KubeObject[]).map(object)]),
  );
  const { origins: _, others, ...rest } = snapshot;
  return {
    ...rest,
    source: { ...snapshot.source, name: 'redacted' },
    objects: objects as Snapshot['objects'],
    ...(others === undefined
      ? {}
      : { others: Object.fromEntries(Object.entries(others).map(([kind, list]) => [kind, list.map(object)])) }),
    coverage: snapshot.coverage.map((entry) => ({
      ...entry,
      namespace: change.text(entry.namespace),
      ...(entry.reason === undefined ? {} : { reason: change.text(entry.reason) }),
      ...(entry.subset === undefined ? {} : { subset: redactSubset(entry.subset, change) }),
    })),
    logs: snapshot.logs.map((log) => ({
      ...log,
      namespace: change.text(log.namespace),
      pod: change.text(log.pod),
      container: change.text(log.container),
      text: change.text(log.text),
    })),
    tools: snapshot.tools.map(({ path, text }) => ({ path: change.text(path), text: change.tool(text) })),
    problems: snapshot.problems.map((problem) => ({
      ...problem,
      path: change.text(problem.path.replace(/^.*[\\/]/, '')),
      message: change.text(problem.message),
    })),
  };
}

interface Change {
  /** Names, addresses and mail addresses in any text. */
  readonly text: (text: string) => string;
  /** The output of a tool, with the chains of kube-proxy. */
  readonly tool: (text: string) => string;
  /** Random by rule; of a static pod it is derived from its manifest, and in hand-made files anything. */
  readonly uid: (text: string) => string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** `selector app=web`: the key of a label stays. */
function redactSubset(subset: string, change: Change): string {
  return subset.replace(/(?<==)[^,\s]+/g, (value) => change.text(value));
}

function redactObject(object: KubeObject, change: Change): KubeObject {
  const { kind } = object;
  const result = walk(object, '', change) as Record<string, unknown>;
  if (kind === 'ConfigMap' && !isSystemNamespace(object.metadata?.namespace)) result.data = emptied(result.data);
  // A certificate names hosts and its owner.
  if (kind === 'Secret') result.data = emptied(result.data);
  if (kind === 'Node') redactNode(result);
  return result as KubeObject;
}

/** Fields whose values are words of the API, not names given by people. */
const FIXED: ReadonlySet<string> = new Set(
  (
    'accessModes action addressType apiVersion appProtocol component concurrencyPolicy dnsPolicy effect ' +
    'externalTrafficPolicy imagePullPolicy internalTrafficPolicy ipFamilies ipFamilyPolicy ipMode kind key manager ' +
    'operation operator pathType phase podManagementPolicy policyTypes preemptionPolicy protocol qosClass reason ' +
    'reportingComponent reportingController resource restartPolicy schedulerName scheme sessionAffinity topologyKey ' +
    'trafficDistribution type volumeMode whenUnsatisfiable nodeTaintsPolicy'
  ).split(' '),
);

function walk(value: unknown, key: string, change: Change): unknown {
  if (typeof value === 'string') {
    if (key === 'uid') return change.uid(value);
    if (FIXED.has(key)) return value;
    return change.text(value);
  }
  if (Array.isArray(value)) return value.map((item) => walk(item, key, change));
  if (!isRecord(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const inner = value[name];
    if (name === 'annotations') copy[name] = redactAnnotations(inner, change);
    else if (name === 'managedFields') copy[name] = withoutKeys(inner);
    else if (LABEL_MAPS.has(name) && isRecord(inner) && isTextMap(inner)) copy[name] = redactLabels(inner, change);
    else copy[name] = walk(inner, key === 'data' ? 'data' : name, change);
  }
  return copy;
}

const LABEL_MAPS: ReadonlySet<string> = new Set(['labels', 'matchLabels', 'selector', 'nodeSelector']);

/** Keys of labels stay as they are, whatever they are called (`type`, `key`). */
function redactLabels(labels: Json, change: Change): Json {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, change.text(String(value))]));
}

/** Annotations of Kubernetes and of well-known controllers steer something; the rest is people's own. */
function redactAnnotations(annotations: unknown, change: Change): unknown {
  if (!isRecord(annotations)) return annotations;
  const kept = Object.entries(annotations).filter(([key]) => STEERING.test(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, typeof value === 'string' ? change.text(value) : value]));
}

const STEERING =
  /(?:^|\.)(?:kubernetes\.io|k8s\.io|x-k8s\.io|keda\.sh|istio\.io|linkerd\.io|cilium\.io|projectcalico\.org|metallb\.(?:io|universe\.tf)|openshift\.io|traefik\.io|haproxy\.org|alpha\.coreos\.com|ovn\.org)\/|^(?:kubectl-net|prometheus\.io)\//;

/** managedFields name list items by their values (`k:{"name":"web"}`); who owns what is told by the fields alone. */
function withoutKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutKeys);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([key]) => !/^[kv]:/.test(key));
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutKeys(inner)]));
}

function redactNode(node: Record<string, unknown>): void {
  if (isRecord(node.spec) && typeof node.spec.providerID === 'string') {
    node.spec = { ...node.spec, providerID: node.spec.providerID.replace(/\/\/.*$/, `//${REMOVED}`) };
  }
  if (!isRecord(node.status) || !isRecord(node.status.nodeInfo)) return;
  const { machineID: _, systemUUID: __, bootID: ___, ...nodeInfo } = node.status.nodeInfo;
  node.status = { ...node.status, nodeInfo };
}

function emptied(data: unknown): unknown {
  return isRecord(data) ? Object.fromEntries(Object.keys(data).map((key) => [key, ''])) : data;
}

function isTextMap(map: Json): boolean {
  return Object.values(map).every((value) => typeof value === 'string');
}
