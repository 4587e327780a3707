import type { CommandResult, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { parseSuppress } from '../../../shared/cli/parse-suppress.ts';
import { tellNamespaceIdle } from '../../../shared/cli/whole-cluster.ts';
import { dumpsByNode, dumpsInSnapshot, type NodeDumps } from '../../../shared/datapath/dump-files.ts';
import { withProblems } from '../../../shared/diagnose/snapshot-problems.ts';
import { type ClusterIndex, createIndex } from '../../../shared/model/cluster-index.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import { suppressReport } from '../../../shared/report/suppress.ts';
import { wrap } from '../../../shared/util/text.ts';
import { readDumpFiles } from '../collect/read-dump-files.ts';
import { rulesReport } from '../diagnose/rules-report.ts';
import { noFacts, whyAlone } from './dump-alone.ts';
import { knownNode } from './read-network.ts';

/** `rules`: dumps of nodes, from files or from a snapshot, against the facts, or by themselves where there are none. */
export async function runRules(request: Request): Promise<CommandResult> {
  const { args, options, facts, runtime } = request;
  tellNamespaceIdle(request, 'rules');
  const suppress = parseSuppress(options.list('suppress'));
  if (args.length === 0 && facts.kind === 'cluster') {
    throw new UsageError(
      'rules needs a dump of a node',
      'ssh NODE sudo iptables-save | kubectl netcni rules - --node NODE',
    );
  }
  // A file that is not there is told before the cluster is asked.
  const files = await readDumpFiles(args, runtime);
  let alone: string | undefined;
  const snapshot = await facts
    .snapshot(async (gatherer) => {
      const { rulesPlan } = await import('../collect/rules-plan.ts');
      await rulesPlan(gatherer);
    })
    .catch((error: unknown) => {
      alone = whyAlone(error, options);
      return noFacts(runtime.now());
    });
  const index = createIndex(snapshot);
  const node = knownNode(index, options.string('node'));
  const dumps = args.length === 0 ? ofSnapshot(index, node) : dumpsByNode(index, files, node);
  refuseNothing(dumps, args);
  const report = rulesReport(index, { source: sourceName(snapshot), dumps, alone });
  return { type: 'report', report: withProblems(suppressReport(report, suppress), snapshot) };
}

function ofSnapshot(index: ClusterIndex, node: string | undefined): readonly NodeDumps[] {
  const all = dumpsInSnapshot(index);
  return node === undefined ? all : all.filter((dumps) => dumps.node === node);
}

/** Without anything to read there is no answer, and the words of the user are the reason. */
function refuseNothing(dumps: readonly NodeDumps[], args: readonly string[]): void {
  const files = dumps.flatMap((entry) => entry.files);
  if (files.some((file) => file.dumps.length > 0)) return;
  const [first] = files;
  if (first === undefined || args.length === 0) {
    throw new UsageError('the snapshot holds no dump of a node', 'Give one: kubectl netcni rules FILE --snapshot PATH');
  }
  const why = wrap(`${first.path}: ${first.hint ?? 'nothing was recognised in it'}`, 72).join('\n');
  throw new UsageError(
    why,
    'On the node, as root: iptables-save, or nft list ruleset where kube-proxy runs\nin nftables mode.',
  );
}
