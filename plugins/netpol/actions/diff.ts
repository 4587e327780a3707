import type { CommandResult, Plan, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { didYouMean } from '../../../shared/cli/nearest.ts';
import { readSnapshots } from '../../../shared/collect/read-snapshot.ts';
import { isProvenAbsent } from '../../../shared/model/absence.ts';
import { type ClusterIndex, createIndex } from '../../../shared/model/cluster-index.ts';
import { KINDS, type KindName } from '../../../shared/model/kinds.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { formatRef, nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import type { Enforcement } from '../../../shared/policy/enforcement/enforcement.ts';
import { exitCode } from '../../../shared/report/report.ts';
import { toJsonValue } from '../../../shared/report/to-json.ts';
import { shellQuote } from '../../../shared/util/text.ts';
import { readPolicies, readWaysIn } from '../collect/policy-plan.ts';
import { applyFiles, type Deletion } from '../diff/apply-files.ts';
import { type Compared, compare, type State } from '../diff/compare.ts';
import type { Expect } from '../diff/diff-findings.ts';
import { diffReport } from '../diff/diff-report.ts';
import { objectChanges } from '../diff/object-changes.ts';
import { enforcementIn, isPaper, policyModelIn, takenAsOpen } from '../policy-facts.ts';
import { placesOf } from '../words/places.ts';
import { cniOf, ON_PAPER, refusedIn } from './ask.ts';
import { type Gaps, gapsOf } from './gaps.ts';

/** `diff`: what the files, or the deletions, would change; or what differs between two recordings. */
export async function runDiff(request: Request): Promise<CommandResult> {
  const { options, args } = request;
  const files = options.list('filename');
  const deletions = options.list('delete');
  const compared =
    files.length + deletions.length > 0 ? await whatIf(request, files, deletions) : await twoSides(request, args);
  const report = diffReport(compared, (options.string('expect') ?? 'gained') as Expect);
  const exit = exitCode(report, options.failOn);
  switch (options.string('output')) {
    case 'json': {
      const { diffJson } = await import('../diff/diff-json.ts');
      return { type: 'pieces', pieces: diffJson(report, compared.sides, compared.controller), exit };
    }
    case 'yaml': {
      const [{ diffYaml }, { dump }] = await Promise.all([import('../diff/diff-json.ts'), import('js-yaml')]);
      const head = dump(toJsonValue(report), { noRefs: true, lineWidth: -1 });
      return { type: 'pieces', pieces: diffYaml(head, compared.sides, compared.controller), exit };
    }
    default:
      return { type: 'report', report };
  }
}

const EXAMPLE = 'Examples: kubectl netpol diff -f policy.yaml, kubectl netpol diff before/ after/';

async function whatIf(request: Request, files: readonly string[], deleted: readonly string[]): Promise<Compared> {
  if (request.args.length > 0) {
    throw new UsageError('diff takes either -f and --delete, or two recordings', EXAMPLE);
  }
  const cni = cniOf(request);
  const snapshot = await request.facts.snapshot(plan);
  const namespace = await request.facts.namespace();
  const deletions = deleted.map((word) => parseDeletion(word, namespace));
  const changes = files.length === 0 ? undefined : await readSnapshots(files, request.runtime, { namespace });
  const before = stateOf(snapshot, cni);
  for (const deletion of deletions) refuseMissing(before.index, deletion);
  const applied = applyFiles(snapshot, changes ?? NO_FILES, deletions);
  const after = stateOf(applied.after, cni);
  return compare(before, after, {
    source: sourceName(snapshot),
    enforcement: enforcementOf(before, cni),
    gaps: await gapsIn(after, cni),
    places: placesOf(after.index),
    objects: {
      created: applied.created.map(formatRef),
      changed: applied.changed.map(formatRef),
      deleted: applied.deleted.map(formatRef),
      unchanged: applied.unchanged,
    },
  });
}

const NO_FILES: Snapshot = {
  takenAt: '',
  source: { type: 'snapshot', name: '' },
  objects: {},
  coverage: [],
  logs: [],
  tools: [],
  problems: [],
};

async function twoSides(request: Request, args: readonly string[]): Promise<Compared> {
  const [one, other, ...more] = args;
  if (one === undefined || other === undefined || more.length > 0) {
    throw new UsageError(
      'diff needs files to apply (-f), or two recordings or folders',
      one !== undefined && more.length === 0
        ? `To apply it: kubectl netpol diff -f ${shellQuote(one)}\n${EXAMPLE}`
        : EXAMPLE,
    );
  }
  if (request.options.list('snapshot').length > 0) {
    throw new UsageError('diff of two recordings takes no --snapshot', EXAMPLE);
  }
  const cni = cniOf(request);
  const namespace = request.options.string('namespace');
  const where = namespace === undefined ? {} : { namespace };
  const [a, b] = await Promise.all([one, other].map((path) => readSnapshots([path], request.runtime, where)));
  if (a === undefined || b === undefined) throw new Error('two recordings were read');
  const before = stateOf(a, cni);
  const after = stateOf(b, cni);
  const gaps = await Promise.all([before, after].map((state) => gapsIn(state, cni)));
  return compare(before, after, {
    source: `${sourceName(a)} and ${sourceName(b)}`,
    enforcement: enforcementOf(after, cni),
    gaps: {
      notChecked: gaps.flatMap(({ notChecked }) => notChecked),
      incomplete: gaps.find(({ incomplete }) => incomplete !== undefined)?.incomplete,
    },
    places: placesOf(after.index),
    objects: objectChanges(a, b),
  });
}

async function gapsIn({ snapshot, model, index }: State, cni: string | undefined): Promise<Gaps> {
  return gapsOf(snapshot, model.facts.unseen ?? [], takenAsOpen(index), await refusedIn(snapshot, index, cni));
}

/** Manifests that were never in a cluster are judged as if some plugin enforced them. */
function enforcementOf({ index }: State, cni: string | undefined): Enforcement {
  return isPaper(index) && cni === undefined ? ON_PAPER : enforcementIn(index, cni);
}

function stateOf(snapshot: Snapshot, cni: string | undefined): State {
  const index = createIndex(snapshot);
  return { snapshot, index, model: policyModelIn(index, cni) };
}

/** Workloads by name need what stands between them and their pods. */
const OWNERS: readonly KindName[] = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'];

const plan: Plan = async (gatherer, namespace) => {
  await Promise.all([
    readPolicies(gatherer, 'all', [namespace]),
    readWaysIn(gatherer, 'all', [namespace]),
    ...OWNERS.map(async (kind) => {
      if ((await gatherer.tryList(kind)).status === 'forbidden') await gatherer.list(kind, { namespace });
    }),
  ]);
};

/** `networkpolicy/web`, `netpol/shop/web`: a kind, perhaps a namespace, and a name; without a kind it is a NetworkPolicy's. */
function parseDeletion(word: string, inForce: string): Deletion {
  const plain = word.split('/');
  const named = plain.length > 2 || (plain.length === 2 && looksLikeKind(plain[0] ?? ''));
  const parts = named ? plain : ['networkpolicy', ...plain];
  const [kindWord = '', second = '', third] = parts;
  if (parts.length > 3 || parts.includes('')) {
    throw new UsageError(`--delete ${word} is not KIND/NAME`, 'Example: --delete networkpolicy/web');
  }
  const kind = kindOf(kindWord);
  const name = third ?? second;
  const namespace = KINDS[kind].namespaced ? (third === undefined ? inForce : second) : undefined;
  return { kind, namespace, name };
}

const SHORT: Readonly<Record<string, KindName>> = {
  netpol: 'NetworkPolicy',
  anp: 'AdminNetworkPolicy',
  banp: 'BaselineAdminNetworkPolicy',
  cnp: 'ClusterNetworkPolicy',
  deploy: 'Deployment',
  sts: 'StatefulSet',
  ds: 'DaemonSet',
  ns: 'Namespace',
  po: 'Pod',
  svc: 'Service',
};

function knownKind(word: string): KindName | undefined {
  const wanted = word.toLowerCase().split('.')[0] ?? '';
  const found = Object.values(KINDS).find(({ kind, plural }) => wanted === kind.toLowerCase() || wanted === plural);
  return SHORT[wanted] ?? found?.key;
}

function kindOf(word: string): KindName {
  const found = knownKind(word);
  if (found !== undefined) return found;
  throw new UsageError(`there is no kind ${word}`, nearestKind(word) || 'Example: --delete networkpolicy/web');
}

function nearestKind(word: string): string {
  return didYouMean(word.toLowerCase(), [...new Set(Object.values(KINDS).map(({ kind }) => kind.toLowerCase()))]);
}

/** What is neither a kind nor nearly one is a namespace. */
function looksLikeKind(word: string): boolean {
  return knownKind(word) !== undefined || nearestKind(word) !== '';
}

function refuseMissing(index: ClusterIndex, { kind, namespace, name }: Deletion): void {
  // Of files it is known what they hold.
  const absent = isPaper(index) && index.get(kind, namespace, name) === undefined;
  if (!absent && !isProvenAbsent(index, kind, namespace, name)) return;
  const near = didYouMean(name, index.list(kind, namespace).map(nameOf));
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  const elsewhere = (index.list(kind) as readonly KubeObject[]).find((object) => nameOf(object) === name);
  const hint =
    elsewhere === undefined
      ? near
      : `It is in namespace ${namespaceOf(elsewhere)}: --delete ${kind.toLowerCase()}/${namespaceOf(elsewhere)}/${name}`;
  throw new UsageError(`there is no ${KINDS[kind].kind} ${name}${where} to delete`, hint);
}
