import { fieldsOf } from './config/fields.ts';
import type { Ask } from './interpret.ts';
import type { AccessRight, ReadResult } from './ports.ts';
import { refusalOf } from './refusal.ts';
import type { Question } from './reply.ts';

const PATH = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/** Asks the server whether this user has a right (API reference, authorization.k8s.io/v1 SelfSubjectAccessReview). */
export async function reviewAccess(right: AccessRight, ask: Ask): Promise<ReadResult<boolean>> {
  const [resource = '', subresource] = right.resource.split('/');
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: {
      resourceAttributes: {
        verb: right.verb,
        group: right.group ?? '',
        resource,
        ...(subresource === undefined ? {} : { subresource }),
        ...(right.namespace === undefined ? {} : { namespace: right.namespace }),
        ...(right.name === undefined ? {} : { name: right.name }),
      },
    },
  };
  const question: Question = { verb: 'review', kind: 'Pod', namespace: undefined };
  const reply = await ask(PATH, question, { post: JSON.stringify(review) });
  if ('reason' in reply) return reply;
  const { allowed } = fieldsOf(fieldsOf(reply.json).status);
  if (typeof allowed === 'boolean') return { status: 'ok', value: allowed };
  const refused = refusalOf(reply, question);
  return refused.status === 'absent' ? { ...refused, reason: 'the server has no access reviews' } : refused;
}
