import type { KindName } from '../../model/kinds.ts';
import { kindOfFileName, kindOfPlural, kindOfWord } from './kind-names.ts';

/**
 * What a file's path tells about its content. Facts of a known layout are certain; words in names made by people are
 * only candidates, to be confirmed by the objects beside them.
 */
export interface PathHints {
  /** The kind that a listing in this file is about. */
  readonly kind?: KindName;
  /** The namespace, when the layout says so; `*` where the layout lists whole clusters. */
  readonly namespace?: string;
  /** Words in the path that may be a namespace. */
  readonly candidates: readonly string[];
  /** The folder holds one file for each object of this kind, so that it is a listing as a whole. */
  readonly folderKind?: KindName;
}

/** Reads a path below the input (`/` between the parts). */
export function hintsOf(path: string): PathHints {
  const stem = (path.split('/').pop() ?? '').replace(/(\.(json|ya?ml|txt|jsonl|ndjson|gz|out))+$/i, '');
  const parent = path.split('/').slice(0, -1).pop();
  return mustGather(path, stem) ?? supportBundle(path, stem) ?? velero(path) ?? plain(stem, parent);
}

/** `namespaces/NS/GROUP/PLURAL.yaml`, `namespaces/NS/GROUP/PLURAL/NAME.yaml` and the same under cluster-scoped-resources. */
function mustGather(path: string, stem: string): PathHints | undefined {
  const cluster = /(?:^|\/)cluster-scoped-resources\/([^/]+)\/([^/]+?)(\.ya?ml|\.json|\/[^/]+)$/.exec(path);
  if (cluster !== null) return inGroup('*', cluster[1], cluster[2], cluster[3]);
  const inside = /(?:^|\/)namespaces\/([^/]+)\/(.+)$/.exec(path);
  if (inside === null || /(?:^|\/)resources\/[^/]+\/namespaces\//.test(path)) return undefined;
  const [, namespace = '', rest = ''] = inside;
  const group = /^([^/]+)\/([^/]+?)(\.ya?ml|\.json|\/[^/]+)$/.exec(rest);
  if (group !== null) return inGroup(namespace, group[1], group[2], group[3]);
  const kind = kindOfWord(stem);
  return { namespace, candidates: [], ...(kind === undefined || rest.includes('/') ? {} : { kind }) };
}

function inGroup(namespace: string, group = '', plural = '', ending = ''): PathHints {
  const kind = kindOfPlural(group, plural);
  if (kind === undefined) return { namespace, candidates: [] };
  return { namespace, candidates: [], ...(ending.startsWith('/') ? { folderKind: kind } : { kind }) };
}

/** `cluster-resources/KIND/NS.json`, `cluster-resources/KIND.json`, `cluster-resources/custom-resources/PLURAL.GROUP/NS.yaml`. */
function supportBundle(path: string, stem: string): PathHints | undefined {
  const match = /(?:^|\/)cluster-resources\/(custom-resources\/)?(?:([^/]+)\/)?[^/]+$/.exec(path);
  if (match === null) return undefined;
  const folder = match[2];
  if (folder === undefined) {
    const kind = kindOfWord(stem);
    return { namespace: '*', candidates: [], ...(kind === undefined ? {} : { kind }) };
  }
  const kind = kindOfWord(folder);
  return kind === undefined ? { candidates: [] } : { kind, namespace: stem, candidates: [] };
}

/** `resources/PLURAL.GROUP/namespaces/NS/NAME.json` and `resources/PLURAL/cluster/NAME.json` of a backup. */
function velero(path: string): PathHints | undefined {
  const match = /(?:^|\/)resources\/([^/]+)\/(?:[^/]+\/)?(?:namespaces\/([^/]+)|cluster)\/[^/]+\.json$/.exec(path);
  const folderKind = kindOfWord(match?.[1] ?? '');
  return match === null || folderKind === undefined
    ? undefined
    : { folderKind, namespace: match[2] ?? '*', candidates: [] };
}

/** Files made by people: `pods.yaml`, `shop-pods.yaml`, `shop/pods.yaml`, `pods/shop.yaml`, `pods/web-1.yaml`. */
function plain(stem: string, parent: string | undefined): PathHints {
  const named = kindOfFileName(stem);
  const parentKind = parent === undefined ? undefined : kindOfWord(parent);
  if (named !== undefined && (named.around.length === 0 || parentKind === undefined)) {
    const candidates = parent === undefined ? named.around : [...named.around, parent];
    return { kind: named.kind, candidates };
  }
  if (parentKind !== undefined) return { kind: parentKind, folderKind: parentKind, candidates: [stem] };
  return { candidates: parent === undefined ? [] : [parent] };
}
