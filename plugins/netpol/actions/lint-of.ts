import type { Finding } from '../../../shared/messages/finding.ts';
import { type Ref, refKey } from '../../../shared/model/refs.ts';
import type { Asked } from './ask.ts';

/** More policies than this are not an answer's own any more: lint tells of all. */
const MOST = 20;

/** What lint has to say about the policies that took part in an answer, as notes: they are not the answer. */
export async function lintOf(
  { index, enforcement }: Asked,
  policies: readonly Ref[],
  cni: string | undefined,
): Promise<readonly Finding[]> {
  // Where nothing enforces policies, that is told already.
  if (enforcement.enforced === 'no') return [];
  const refs = [...new Map(policies.map((ref) => [refKey(ref), ref])).values()].slice(0, MOST);
  if (refs.length === 0) return [];
  const { lintPolicies } = await import('../lint/lint-policies.ts');
  return lintPolicies(index, refs, cni);
}
