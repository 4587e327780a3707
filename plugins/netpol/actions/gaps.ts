import { nameOf } from '../../../shared/model/refs.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import type { Unseen } from '../../../shared/policy/rules/unjudged.ts';
import type { NotChecked } from '../../../shared/report/report.ts';
import { joinNames } from '../../../shared/util/text.ts';

/** What could not be read. */
export interface Gaps {
  /** To print. */
  readonly notChecked: readonly NotChecked[];
  /** Set when an answer of "all" or "none" would be a guess: a broken file, pods or policies that were not read. */
  readonly incomplete: string | undefined;
  /**
   * The same for a question about pods of some namespaces: what would be refused elsewhere does not concern them, nor does
   * one policy that does not decode, unless `concerns` says so of the reason that is told for it.
   */
  incompleteFor(namespaces: ReadonlySet<string>, concerns: (reason: string) => boolean): string | undefined;
}

/** What is wrong with a policy, or not known of it; without a namespace where the policy is the cluster's. */
export interface Refused {
  readonly namespace: string | undefined;
  readonly reason: string;
  /**
   * `refused`: an API server would not take it in. `unknown`: a server holds it, and a field of it means something that
   * is not known here. `meant`: how it is judged is known (a word that only YAML 1.1 reads otherwise), so it leaves no gap.
   */
  readonly so: 'refused' | 'unknown' | 'meant';
}

/** Broken documents beyond this many are counted, not listed. */
const MOST = 10;

/** The same for what would be refused. */
const MOST_REFUSED = 5;

/**
 * The gaps of a snapshot. `unseen` are the namespaces with pods whose NetworkPolicies could not be read, `open` those of
 * which the files hold none, `wrong` what a server would refuse of the policies.
 */
export function gapsOf(
  snapshot: Snapshot,
  unseen: readonly Unseen[],
  open: readonly string[],
  wrong: readonly Refused[],
): Gaps {
  // What was lost comes before what is only doubtful.
  const problems = [...snapshot.problems].sort((a, b) => Number(a.doubt ?? false) - Number(b.doubt ?? false));
  const broken = problems.map(({ path, line, message }) => ({
    check: 'files',
    reason: `${line === undefined ? path : `${path}:${line}`}: ${message}`,
  }));
  // What a broken file leaves open is told with the file.
  const policies = unseenLines(unseen.filter(({ reason }) => !broken.some((entry) => entry.reason === reason)));
  const left =
    open.length === 0
      ? []
      : [
          {
            check: `NetworkPolicies of ${joinNames(open)}`,
            reason: 'the files hold none, taken as if there were none',
          },
        ];
  const without = open.length > 0 && (snapshot.objects.NetworkPolicy ?? []).length === 0;
  const pods = refused(snapshot, (kind) => kind === 'Pod');
  const others = refused(snapshot, (kind) => kind !== 'Pod' && kind !== 'NetworkPolicy');
  const more =
    broken.length > MOST ? [{ check: 'files', reason: `${broken.length - MOST} more that cannot be used` }] : [];
  const lostOf = (told: readonly NotChecked[]): string | undefined => {
    const all = told.filter((entry) => problems[broken.indexOf(entry)]?.aside !== true);
    const doubt = all[0] !== undefined && problems[broken.indexOf(all[0])]?.doubt === true;
    return incompleteWords(all, doubt, policies, pods, without);
  };
  const single = broken.filter((_, at) => problems[at]?.lost !== undefined);
  return {
    notChecked: [
      ...broken.slice(0, MOST),
      ...more,
      ...refusedLines(wrong),
      ...policies,
      ...left,
      ...line('pods', pods),
      ...line('other policies, nodes and namespaces', others),
    ],
    incomplete: lostOf(broken) ?? refusedWords(wrong),
    incompleteFor: (namespaces, concerns) =>
      lostOf(broken.filter((entry) => !single.includes(entry) || concerns(entry.reason))) ??
      refusedWords(wrong.filter(({ namespace }) => namespace === undefined || namespaces.has(namespace))),
  };
}

/**
 * The gaps of a question about everybody. A recording of some namespaces, or rights in some, holds no pods of the others:
 * that none of them gets through would be a guess. Files that were put together by hand are taken for all there is, which
 * has to be said.
 */
export function gapsAboutAll(gaps: Gaps, { coverage, objects, orLater }: Snapshot): Gaps {
  const lists = coverage.filter(
    ({ kind, status, subset }) => kind === 'Pod' && status === 'ok' && subset === undefined,
  );
  const there = new Set(lists.map(({ namespace }) => namespace));
  const left = (objects.Namespace ?? []).map(nameOf).filter((name) => !there.has(name));
  const all = objects.Namespace !== undefined && left.length === 0;
  if (there.size === 0 || there.has('*') || all || gaps.incomplete !== undefined) return gaps;
  const reason = `only those of ${joinNames([...there], 3)} were recorded`;
  return {
    ...gaps,
    notChecked: [...gaps.notChecked, { check: 'pods', reason }],
    incomplete: orLater === true ? undefined : `of the pods ${reason}`,
  };
}

function refusedLines(wrong: readonly Refused[]): readonly NotChecked[] {
  const lines = wrong.slice(0, MOST_REFUSED).map(({ reason }) => ({ check: 'policies', reason }));
  const rest = wrong.length - lines.length;
  return rest === 0
    ? lines
    : [...lines, { check: 'policies', reason: `${rest} more that are refused: kubectl netpol lint` }];
}

function refusedWords(wrong: readonly Refused[]): string | undefined {
  const first = wrong.find(({ so }) => so === 'refused') ?? wrong.find(({ so }) => so === 'unknown');
  if (first === undefined) return undefined;
  return `${first.so === 'refused' ? 'a policy would not be in force' : 'a policy is not wholly understood'}: ${first.reason}`;
}

function incompleteWords(
  broken: readonly NotChecked[],
  doubt: boolean,
  policies: readonly NotChecked[],
  pods: readonly string[],
  without: boolean,
): string | undefined {
  const [first] = broken;
  if (first !== undefined) {
    const more = broken.length === 1 ? '' : ` and ${broken.length - 1} more`;
    const head = doubt ? 'the files may not be what applies' : 'what cannot be read may hold a policy';
    return `${head}: ${first.reason}${more}`;
  }
  const [policy] = policies;
  if (policy !== undefined) return `policies could not be read: ${policy.reason}`;
  if (without) return 'no NetworkPolicy in the files, judged as if the cluster had none';
  return pods.length === 0 ? undefined : `pods could not be read: ${joinNames(pods, 2)}`;
}

/** One line a reason, with the namespaces that it concerns. */
function unseenLines(unseen: readonly Unseen[]): readonly NotChecked[] {
  const byReason = new Map<string, string[]>();
  for (const { namespace, reason } of unseen) {
    const list = byReason.get(reason) ?? [];
    byReason.set(reason, list);
    list.push(namespace);
  }
  return [...byReason].map(([reason, namespaces]) => ({
    check: `NetworkPolicies of ${joinNames(namespaces)}`,
    reason,
  }));
}

/** The refusals and failures that nothing wider or narrower made good. */
function refused({ coverage }: Snapshot, of: (kind: string) => boolean): readonly string[] {
  const reasons = coverage
    .filter(({ kind, status }) => of(kind) && (status === 'forbidden' || status === 'failed'))
    .map(({ status, reason = status }) => reason);
  return [...new Set(reasons)];
}

function line(check: string, reasons: readonly string[]): readonly NotChecked[] {
  if (reasons.length === 0) return [];
  const plain = reasons.map((reason, at) => (at === 0 ? reason : reason.replace(/^forbidden: /, '')));
  return [{ check, reason: plain.join(', ') }];
}
