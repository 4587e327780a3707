/** What to say of an end that is not there: where it is, what is near, or that nobody could look. */
import { type Plugin, UsageError } from '../../../shared/cli/command.ts';
import { KIND_WORDS } from '../../../shared/cli/kind-words.ts';
import { nearCommand } from '../../../shared/cli/near-command.ts';
import { nearestWords } from '../../../shared/cli/nearest.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { KindName } from '../../../shared/model/kinds.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import { WORKLOAD_KINDS } from '../../../shared/model/owners.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import { joinNames } from '../../../shared/util/text.ts';
import { isPaper } from '../policy-facts.ts';
import { type EndKind, kindMeant } from './parse-end.ts';
import type { Party } from './party.ts';

/** Whom an end means, or why that could not be seen. */
export type Resolved =
  | { readonly type: 'party'; readonly party: Party }
  | { readonly type: 'unseen'; readonly what: string; readonly reason: string }
  /** A Service behind which no pod stands: there is nothing whose policies could be asked. */
  | { readonly type: 'empty'; readonly service: Service; readonly podsThere: number };

/** Whether the pods of a namespace were read, or are all that there is. */
export function podsSeen(index: ClusterIndex, namespace: string): boolean {
  const { status } = index.seen('Pod', namespace);
  return status === 'ok' || status === 'notCollected';
}

/** An end that nobody could look for. */
export function unseen(index: ClusterIndex, what: string, kind: KindName, namespace: string): Resolved {
  return { type: 'unseen', what, reason: index.seen(kind, namespace).reason };
}

/** The error for a name that is not there, with where it is or what is near; unseen when nobody could look. */
export function missing(
  index: ClusterIndex,
  kind: EndKind | undefined,
  namespace: string | undefined,
  name: string,
): Resolved {
  const kinds: readonly KindName[] = kind === undefined ? ['Service', 'Pod', ...WORKLOAD_KINDS] : [kind];
  const what = kind === undefined ? `"${name}"` : `${kind} ${name}`;
  for (const one of kind === undefined ? (['Service', 'Pod'] as const) : kinds) {
    const { status, reason } = index.seen(one, namespace ?? '*', name);
    if (status === 'forbidden' || status === 'failed') return { type: 'unseen', what, reason };
  }
  const objects = kinds.flatMap((one) => index.list(one) as readonly KubeObject[]);
  if (namespace !== undefined && isLeftOut(index, namespace)) {
    return { type: 'unseen', what, reason: `namespace ${namespace} is not in the recording` };
  }
  const elsewhere = [...new Set(objects.filter((object) => nameOf(object) === name).map(namespaceOf))];
  const near = nearestWords(name, [
    ...new Set(objects.filter((object) => namespace === undefined || namespaceOf(object) === namespace).map(nameOf)),
  ]);
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  const meant = holdsNothing(index, namespace) ? kindMeant(namespace ?? '') : undefined;
  // `pod/web` where web is a Deployment.
  const sameName =
    kind === undefined
      ? []
      : (['Service', ...WORKLOAD_KINDS, 'Pod'] as const)
          .filter((one) => one !== kind && index.get(one, namespace, name) !== undefined)
          .map((one) => `${KIND_WORDS[one].at(-1)}/${name}`);
  // `db.data`, as names are resolved.
  const [, short = '', space = ''] = /^([^.]+)\.([^.]+)$/.exec(name) ?? [];
  const dotted = objects.some((object) => nameOf(object) === short && namespaceOf(object) === space);
  const hint = dotted
    ? `Did you mean ${space}/${short}?`
    : isWayIn(index, namespace)
      ? 'What leads to a Service is no end: kubectl netpol who-can-reach svc/NAME'
      : meant !== undefined
        ? `Did you mean ${meant}/${name}?`
        : elsewhere.length > 0
          ? `It is in namespace ${joinNames(elsewhere)}: -n ${elsewhere[0] ?? ''}, or ${elsewhere[0] ?? ''}/${name}`
          : sameName.length > 0
            ? nearHint(sameName, '')
            : near.length === 0 && /\.[a-z]{2,}$/i.test(name)
              ? 'Policies know no names outside: give the address, or the word internet'
              : nearHint(near, '');
  throw new UsageError(`there is no ${what}${where}`, hint);
}

/** Whether a recording was made of other namespaces, and this one may be there all the same. */
function isLeftOut(index: ClusterIndex, namespace: string): boolean {
  if (isPaper(index) || index.seen('Pod', namespace).status !== 'notCollected') return false;
  return index.get('Namespace', undefined, namespace) !== undefined || index.list('Namespace').length === 0;
}

/** `deploymnt/web` reads as a namespace; where there is none of that name, a kind may have been meant. */
function holdsNothing(index: ClusterIndex, namespace: string | undefined): boolean {
  if (namespace === undefined || index.list('Pod', namespace).length > 0) return false;
  return index.get('Namespace', undefined, namespace) === undefined;
}

/** `ingress/web`: neither a namespace nor an end. */
function isWayIn(index: ClusterIndex, namespace = ''): boolean {
  return holdsNothing(index, namespace) && /^(?:ing|ingress(?:es)?|gateways?|\w*routes?)$/i.test(namespace);
}

/** The command nearest to a word; `policy` is as near to `policies` as can be. */
export function commandNear(plugin: Plugin, word: string): string | undefined {
  return nearCommand(plugin, word === 'policy' ? 'policies' : word);
}

/** The same error for a word that stands where a command may: `matrx` may have been meant as one. */
export function orCommand<T>(word: string | undefined, plugin: Plugin, resolve: () => T): T {
  try {
    return resolve();
  } catch (error) {
    const near = word === undefined ? undefined : commandNear(plugin, word);
    if (!(error instanceof UsageError) || error.hint !== '' || near === undefined) throw error;
    throw new UsageError(error.message, `Did you mean the command ${near}?`);
  }
}

/** `Did you mean ns/shop?` */
export function nearHint(near: readonly string[], prefix: string): string {
  return near.length === 0 ? '' : `Did you mean ${near.map((word) => `${prefix}${word}`).join(' or ')}?`;
}

/** Where pods are that would have been meant. */
export function hintOfNamespaces(
  model: PolicyModel,
  fits: (unit: PolicyModel['units'][number]) => boolean,
  namespace: string,
): string {
  const names = [...new Set(model.units.filter(fits).map((unit) => unit.namespace.name))].filter(
    (name) => name !== namespace,
  );
  return names.length === 0 ? '' : `Pods with them are in ${joinNames(names)}: -n ${names[0] ?? ''}`;
}
