import type { CommandResult, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { didYouMean } from '../../../shared/cli/nearest.ts';
import { parseSuppress, suppressedBy } from '../../../shared/cli/parse-suppress.ts';
import { withProblems } from '../../../shared/diagnose/snapshot-problems.ts';
import { type ClusterIndex, createIndex } from '../../../shared/model/cluster-index.ts';
import { namespaceOf } from '../../../shared/model/refs.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import type { Report } from '../../../shared/report/report.ts';
import { compareText, joinNames, shellQuote } from '../../../shared/util/text.ts';
import { lintPlan } from '../collect/lint-plan.ts';
import { lintIndex, lintModelIn } from '../lint/lint-facts.ts';
import { lintReport } from '../lint/lint-report.ts';
import { type PolicySubject, policySubjects } from '../lint/policy-subject.ts';
import { withPlaces } from '../lint/with-places.ts';
import { cniOf } from './ask.ts';

/** `lint`: every policy of the scope, or the ones named. */
export async function runLint(request: Request): Promise<CommandResult> {
  const { options, facts, args } = request;
  const suppressions = parseSuppress(options.list('suppress'));
  const cni = cniOf(request);
  const file = args.find((word) => /\.(?:ya?ml|json|tgz|tar\.gz|zip)$|^\.{0,2}\/|\/$/.test(word));
  if (file !== undefined) {
    throw new UsageError(
      `lint takes names of policies, and ${file} is a file`,
      `Its policies: kubectl netpol lint --snapshot ${shellQuote(file)}`,
    );
  }
  const everywhere = options.boolean('all-namespaces');
  const snapshot = await facts.snapshot(lintPlan(everywhere));
  const index = lintIndex(createIndex(snapshot), cni);
  const namespace = everywhere ? undefined : await scopeOf(request, index);
  const subjects = named(policySubjects(index, namespace), args, namespace);
  const report = lintReport(
    {
      index,
      source: sourceName(snapshot),
      namespace,
      misread: misreadIn(snapshot, namespace),
      suppressions,
      suppressedBy,
    },
    subjects,
  );
  return { type: 'report', report: withPlaces(index, incomplete(withProblems(report, snapshot), snapshot)) };
}

/** The namespace to look at; all of a snapshot that holds policies or pods of several and where none was named. */
async function scopeOf(request: Request, index: ClusterIndex): Promise<string | undefined> {
  const inForce = await request.facts.namespace();
  if (request.facts.kind === 'cluster' || request.options.string('namespace') !== undefined) return inForce;
  const policies = index.list('NetworkPolicy');
  const pods = lintModelIn(index).units.map(({ namespace }) => namespace.name);
  const namespaces = new Set([...policies.map(namespaceOf), ...pods]);
  return namespaces.size === 1 && policySubjects(index, undefined).length === policies.length
    ? [...namespaces][0]
    : undefined;
}

function named(
  subjects: readonly PolicySubject[],
  names: readonly string[],
  namespace: string | undefined,
): readonly PolicySubject[] {
  if (names.length === 0) return subjects;
  return names.flatMap((word) => {
    const { name, space } = policyWord(word);
    const where = space ?? namespace;
    const found = subjects.filter(({ ref }) => ref.name === name && (space === undefined || ref.namespace === space));
    if (found.length > 0) return found;
    throw new UsageError(
      `there is no policy ${name}${where === undefined ? '' : ` in namespace ${where}`}`,
      subjects.some(({ ref }) => ref.namespace === word)
        ? `A namespace: kubectl netpol lint -n ${word}`
        : hintOf(name, subjects, where),
    );
  });
}

/** `web`, `netpol/web`, `shop/web`, `netpol/shop/web`. */
function policyWord(word: string): { readonly name: string; readonly space: string | undefined } {
  const parts = word.split('/');
  const name = parts.pop() ?? '';
  return { name, space: parts.find((part) => !KIND.test(part)) };
}

/** Words for the kinds of policies, long or short. */
const KIND = /^(?:netpol|\w*networkpolic(?:y|ies)|b?anps?|cnps?)(?:\..*)?$/i;

function hintOf(name: string, subjects: readonly PolicySubject[], where: string | undefined): string {
  const [elsewhere] = subjects.filter(({ ref }) => ref.name === name);
  if (elsewhere?.ref.namespace !== undefined) return `It is in namespace ${elsewhere.ref.namespace}.`;
  const near = subjects.filter(({ ref }) => where === undefined || ref.namespace === where);
  const names = [...new Set(near.map(({ ref }) => ref.name))].sort(compareText);
  if (names.length === 0) return 'Other namespaces: kubectl netpol lint -A';
  return didYouMean(name, names) || `There are: ${joinNames(names)}`;
}

function misreadIn({ misread = [] }: Snapshot, namespace: string | undefined) {
  return misread.filter(
    ({ object }) => namespace === undefined || object.namespace === undefined || object.namespace === namespace,
  );
}

/** A file that cannot be read may hold a policy: what was found stands, and "no fault" may not be said. */
function incomplete(report: Report, { problems }: Snapshot): Report {
  const first = problems.find(({ aside }) => aside !== true);
  if (first === undefined || report.verdict !== 'healthy') return report;
  const where = first.line === undefined ? first.path : `${first.path}:${first.line}`;
  return {
    ...report,
    verdict: 'unknown',
    headline: `could not tell: ${where}${first.doubt === true ? '' : ' cannot be read'}: ${first.message}`,
  };
}
