import { KINDS } from '../model/kinds.ts';
import { shorten } from '../util/text.ts';
import { fieldsOf, textOf } from './config/fields.ts';
import type { Question, Refusal, Reply, Verb } from './reply.ts';
import { fullResourceName, resourceName } from './resource.ts';

/** The part of a Kubernetes Status object that tells why something was refused (API reference, meta/v1 Status). */
export interface StatusBody {
  readonly message: string;
  readonly reason: string;
  /** Name of the object meant; absent when the path itself is unknown. */
  readonly name: string;
}

/** The Status in a reply, undefined when the body is something else. */
export function statusOf(reply: Reply): StatusBody | undefined {
  const body = fieldsOf(reply.json);
  if (body.kind !== 'Status') return undefined;
  return {
    message: textOf(body.message) ?? '',
    reason: textOf(body.reason) ?? '',
    name: textOf(fieldsOf(body.details).name) ?? '',
  };
}

/** `list pods in namespace shop`, `get secrets "web-tls" in namespace shop`, `list nodes`. */
export function describeQuestion({ verb, kind, namespace, name }: Question): string {
  if (verb === 'version') return 'get /version';
  if (verb === 'review') return 'create selfsubjectaccessreviews.authorization.k8s.io';
  const what = `${resourceName(kind)}${SUBRESOURCES[verb] ?? ''}`;
  const named = name === undefined ? '' : ` "${name}"`;
  if (!KINDS[kind].namespaced) return `${plainVerb(verb)} ${what}${named}`;
  const where = namespace === undefined ? 'in all namespaces' : `in namespace ${namespace}`;
  return `${plainVerb(verb)} ${what}${named} ${where}`;
}

const SUBRESOURCES: { readonly [V in Verb]?: string } = {
  'get logs of': '/log',
  'get through': '/proxy',
  'forward to': '/portforward',
};

/** Servers from 1.35 on ask for `create` before a port-forward, older ones for `get`. */
const PLAIN_VERBS: { readonly [V in Verb]?: string } = {
  'get logs of': 'get',
  'get through': 'get',
  'forward to': 'get or create',
};

function plainVerb(verb: Verb): string {
  return PLAIN_VERBS[verb] ?? verb;
}

/** A refusal that concerns this one question, in the words to print. 401 is none of them. */
export function refusalOf(reply: Reply, question: Question): Refusal {
  const status = statusOf(reply);
  const asked = describeQuestion(question);
  if (reply.status === 403) return { status: 'forbidden', reason: `forbidden: ${asked}` };
  if (reply.status === 404 || reply.status === 405) {
    // Only an object that is missing is named in the answer; an unknown path is not.
    if (question.name !== undefined && status !== undefined && status.name !== '') {
      return { status: 'notFound', reason: `not found: ${asked.replace(/^get (or create )?/, '')}` };
    }
    return { status: 'absent', reason: `the server has no ${fullResourceName(question.kind)}` };
  }
  const why = status?.message ?? reply.body.toString('utf8');
  const detail = why.trim() === '' ? '' : `: ${shorten(why, 200)}`;
  return { status: 'failed', reason: `could not ${asked} (${reply.status}${detail})` };
}
