import type { Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { KindName } from '../../../../../shared/model/kinds.ts';
import { nameOf } from '../../../../../shared/model/refs.ts';
import { changedCopy } from '../../../../../shared/util/kubectl.ts';
import { shellQuote } from '../../../../../shared/util/text.ts';
import { likeness } from '../../selector/label-distance.ts';

/** A Secret or ConfigMap that is not there, or one key of it. */
export interface MissingConfig {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  readonly key: string | undefined;
}

/** Reads `secret "db" not found` and `couldn't find key mode in ConfigMap shop/app` (kubelet, since 1.10). */
export function parseMissingConfig(message: string): MissingConfig | undefined {
  const key = /couldn't find key (.+?) in (Secret|ConfigMap) (?:[^/\s]+\/)?([^\s,]+)/i.exec(message);
  if (key !== null) return { kind: kindOf(key[2]), name: key[3] ?? '', key: key[1] };
  const absent = /(secret|configmap)s? "([^"]+)" not found/i.exec(message);
  return absent === null ? undefined : { kind: kindOf(absent[1]), name: absent[2] ?? '', key: undefined };
}

function kindOf(word: string | undefined): 'Secret' | 'ConfigMap' {
  return word?.toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap';
}

/** `; nearest: web-config`, where a ConfigMap is missing and one with a name like it is there. Secrets are not listed. */
export function nearestConfig(index: ClusterIndex, namespace: string, { kind, name, key }: MissingConfig): string {
  return key !== undefined || kind !== 'ConfigMap' ? '' : nearestNamed(index, kind, namespace, name);
}

/** `; nearest: web-data`, where something of that kind has a name like the missing one. */
export function nearestNamed(index: ClusterIndex, kind: KindName, namespace: string, name: string): string {
  const [nearest] = index
    .list(kind, namespace)
    .map((one) => ({ there: nameOf(one), like: likeness(nameOf(one), name) }))
    .filter(({ there, like }) => there !== name && like >= ALIKE)
    .sort((a, b) => b.like - a.like);
  return nearest === undefined ? '' : `; nearest: ${nearest.there}`;
}

const ALIKE = 0.66;

/** Copies it from the namespace that has it, adds the key, or creates it with the reader's values. */
export function configFixes(index: ClusterIndex, namespace: string, missing: MissingConfig): readonly Fix[] {
  const { kind, name, key } = missing;
  const word = kind.toLowerCase();
  if (key !== undefined) {
    const field = kind === 'Secret' ? 'stringData' : 'data';
    const patch = (value: string | null): string =>
      `kubectl patch ${word} ${name} -n ${namespace} --type=merge -p ${shellQuote(JSON.stringify({ [field]: { [key]: value } }))}`;
    return [
      {
        title: `add key ${key} (put its value in the place of <VALUE>)`,
        command: patch('<VALUE>'),
        risk: 'low',
        undo: `kubectl patch ${word} ${name} -n ${namespace} --type=merge -p ${shellQuote(JSON.stringify({ data: { [key]: null } }))}`,
      },
      { title: 'see which keys it has', command: `kubectl describe ${word} ${name} -n ${namespace}`, risk: 'none' },
    ];
  }
  const elsewhere = index.list(kind).find((object) => object.metadata?.name === name)?.metadata?.namespace;
  const create = kind === 'Secret' ? `kubectl create secret generic ${name}` : `kubectl create configmap ${name}`;
  const fixes: Fix[] = [
    {
      title: `create it (put its keys and values in the place of <KEY>=<VALUE>)`,
      command: `${create} -n ${namespace} --from-literal=<KEY>=<VALUE>`,
      risk: 'none',
      undo: `kubectl delete ${word} ${name} -n ${namespace}`,
    },
  ];
  if (elsewhere !== undefined && elsewhere !== namespace) {
    fixes.unshift({
      title: `copy it from namespace ${elsewhere}, which has one of this name`,
      command: `${changedCopy(word, elsewhere, name, { metadata: { namespace, uid: null, resourceVersion: null, ownerReferences: null } })} | kubectl apply -f -`,
      risk: 'low',
      undo: `kubectl delete ${word} ${name} -n ${namespace}`,
    });
  }
  return fixes;
}
