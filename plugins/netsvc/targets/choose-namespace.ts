import type { Request } from '../../../shared/cli/command.ts';
import type { Target } from '../../../shared/cli/parse-target.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { namespaceOf } from '../../../shared/model/refs.ts';

/**
 * The namespace of a target: said with the name, said with -n, or the one in force. A snapshot knows no context: there
 * a name that stands in exactly one namespace is looked for in that one, and the user is told so.
 */
export async function chooseNamespace(request: Request, target: Target, index?: ClusterIndex): Promise<string> {
  if (target.namespace !== undefined) return target.namespace;
  const inForce = await request.facts.namespace();
  if (index === undefined || request.facts.kind === 'cluster') return inForce;
  if (request.options.string('namespace') !== undefined) return inForce;
  if (index.get(target.kind, inForce, target.name) !== undefined) return inForce;
  const holders = index.list(target.kind).filter((object) => object.metadata?.name === target.name);
  const only = holders.length === 1 && holders[0] !== undefined ? namespaceOf(holders[0]) : undefined;
  if (only === undefined) return inForce;
  request.runtime.stderr.write(
    `namespace ${only}: the only one in the snapshot with a ${target.kind} ${target.name}\n`,
  );
  return only;
}
