import { KINDS, type KindName, type KindTypes } from '../model/kinds.ts';
import type { KubeObject } from '../model/objects.ts';
import { fieldsOf, itemsOf, textOf } from './config/fields.ts';
import { cutManagedFields } from './cut-managed-fields.ts';
import type { Ask } from './interpret.ts';
import { modernise } from './modernise.ts';
import type { ListOptions, ReadResult } from './ports.ts';
import { prune } from './prune.ts';
import { refusalOf } from './refusal.ts';
import type { Reply } from './reply.ts';
import { apiVersionOf, resourcePath, type Served } from './resource.ts';

/** Objects per page: what kubectl asks for. */
const PAGE = 500;

/** How often an expired list is begun again before it is asked for in one piece. */
const RESTARTS = 2;

/**
 * Reads all pages of a list from one place. When the server has forgotten the list between two pages (410 Gone) it is
 * begun anew, the last time without pages. Source: Kubernetes API concepts, "Retrieving large results sets in chunks".
 */
export async function listPages<K extends KindName>(
  kind: K,
  served: Served,
  options: ListOptions,
  ask: Ask,
): Promise<ReadResult<readonly KindTypes[K][]>> {
  for (let restarts = 0; ; restarts += 1) {
    const whole = restarts > RESTARTS;
    const result = await listOnce(kind, served, options, ask, whole);
    if (result !== 'expired') return result;
    if (whole)
      return {
        status: 'failed',
        reason: `could not list ${KINDS[kind].plural}: the server forgets the list while it is read (410)`,
      };
  }
}

async function listOnce<K extends KindName>(
  kind: K,
  served: Served,
  options: ListOptions,
  ask: Ask,
  whole: boolean,
): Promise<ReadResult<readonly KindTypes[K][]> | 'expired'> {
  const { namespace, max } = options;
  const question = { verb: 'list', kind, namespace } as const;
  const path = resourcePath(kind, served, namespace);
  const limit = max === undefined ? PAGE : Math.min(max, PAGE);
  const objects: KindTypes[K][] = [];
  let next = '';
  do {
    const url = `${path}${query(options, whole ? undefined : limit, next)}`;
    const reply = await ask(url, question, options.managedFields === true ? {} : { trim: cutManagedFields });
    if ('reason' in reply) return reply;
    if (reply.status === 410) return 'expired';
    if (reply.status !== 200) return refusalOf(reply, question);
    const page = readPage(reply);
    if (page === undefined)
      return { status: 'failed', reason: `could not list ${KINDS[kind].plural}: the answer is not a list` };
    for (const item of page.items) objects.push(adopt(kind, served, item, options));
    next = page.next;
    if (max !== undefined && objects.length >= max && (next !== '' || objects.length > max)) {
      return { status: 'ok', value: objects.slice(0, max), truncated: true };
    }
  } while (next !== '');
  return { status: 'ok', value: objects };
}

function query(options: ListOptions, limit: number | undefined, next: string): string {
  const params: string[] = [];
  if (limit !== undefined) params.push(`limit=${limit}`);
  if (options.labelSelector) params.push(`labelSelector=${encodeURIComponent(options.labelSelector)}`);
  if (options.fieldSelector) params.push(`fieldSelector=${encodeURIComponent(options.fieldSelector)}`);
  if (next !== '') params.push(`continue=${encodeURIComponent(next)}`);
  return params.length === 0 ? '' : `?${params.join('&')}`;
}

interface Page {
  readonly items: readonly KubeObject[];
  readonly next: string;
}

function readPage(reply: Reply): Page | undefined {
  const list = fieldsOf(reply.json);
  if (textOf(list.kind)?.endsWith('List') !== true) return undefined;
  return { items: itemsOf(list.items) as readonly KubeObject[], next: textOf(fieldsOf(list.metadata).continue) ?? '' };
}

/** Items of a list carry neither kind nor apiVersion; both are put in front, as in a single object. */
export function adopt<K extends KindName>(
  kind: K,
  served: Served,
  item: KubeObject,
  options: ListOptions & { readonly single?: boolean },
): KindTypes[K] {
  const object = modernise(kind, { apiVersion: apiVersionOf(served), kind: KINDS[kind].kind, ...item });
  return prune(kind, object as KindTypes[K], {
    managedFields: options.managedFields ?? false,
    everything: options.everything ?? false,
    single: options.single ?? false,
  });
}
