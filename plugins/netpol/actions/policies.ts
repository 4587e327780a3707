import type { CommandResult, Plan, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import { selects } from '../../../shared/policy/evaluate/side.ts';
import { isolating, type Selecting } from '../../../shared/policy/model.ts';
import { DIRECTIONS, type Direction, type Policy } from '../../../shared/policy/rules/rules.ts';
import type { Report, Section } from '../../../shared/report/report.ts';
import { joinAnd, plural, shellQuote, wrap } from '../../../shared/util/text.ts';
import { refValue } from '../answer/end-values.ts';
import { endsPlan } from '../collect/ends-plan.ts';
import { readPolicies } from '../collect/policy-plan.ts';
import { parseEnds } from '../targets/parse-end.ts';
import { likesOf, type Party } from '../targets/party.ts';
import { resolveEnd } from '../targets/resolve-end.ts';
import { peersWords, peerWords } from '../words/peers.ts';
import { policyWords, ruleNumber } from '../words/policies.ts';
import { portsValue, rulePortWords } from '../words/ports.ts';
import { reasonWords } from '../words/reasons.ts';
import { type Asked, ask, askedAboutAll, refuseNowhere } from './ask.ts';
import { unseenReport } from './unseen-report.ts';

const COMMAND = 'netpol policies';

/** `policies [POD]`: those that select it, or all of the namespace. */
export async function runPolicies(request: Request): Promise<CommandResult> {
  if (request.args.length === 0) return overview(request);
  const [end, ...more] = parseEnds(request.args);
  if (end === undefined || more.length > 0) {
    throw new UsageError('policies takes one name', 'Example: kubectl netpol policies deploy/web');
  }
  if (request.options.boolean('all-namespaces')) {
    throw new UsageError(
      'policies takes a name or -A',
      `All of them: kubectl netpol policies -A\nThose of one pod: kubectl netpol policies ${request.args.map(shellQuote).join(' ')} -n NAMESPACE`,
    );
  }
  const asked = await ask(request, endsPlan([end]));
  const found = resolveEnd(asked, end, asked.namespace);
  if (found.type !== 'party') return { type: 'report', report: unseenReport(asked, COMMAND, found) };
  return { type: 'report', report: ofParty(asked, found.party) };
}

interface Entry {
  readonly policy: Policy;
  readonly direction: Direction;
  readonly selects: Selecting['selects'];
  /** Pods of the party that it selects, where it is not all of them. */
  readonly part: number;
}

function ofParty(asked: Asked, party: Party): Report {
  const likes = likesOf(asked.model, party).flatMap(({ unit, count }) =>
    unit.type === 'pod' ? [{ unit, count }] : [],
  );
  const total = likes.reduce((sum, { count }) => sum + count, 0);
  const entries: Entry[] = [];
  for (const direction of DIRECTIONS) {
    const found = new Map<Policy, { selects: Selecting['selects']; count: number }>();
    for (const { unit, count } of likes) {
      for (const one of isolating(asked.model, unit, direction)) {
        const known = found.get(one.policy);
        if (known === undefined) found.set(one.policy, { selects: one.selects, count });
        else known.count += count;
      }
    }
    for (const [policy, { selects: how, count }] of found)
      entries.push({ policy, direction, selects: how, part: count === total ? 0 : count });
  }
  const policies = new Set(entries.map(({ policy }) => policy)).size;
  const states = DIRECTIONS.map((direction) => stateWords(entries, direction));
  const head =
    policies === 0
      ? `no policy selects ${party.words}`
      : `${plural(policies, 'policy selects', 'policies select')} ${party.words}`;
  return frame(asked, party.ref, `${head}: ${joinAnd(states)}`, {
    sections: entries.map((entry) => ({ type: 'text', lines: entryLines(asked, entry, total) })),
    data: { policies: entries.map((entry) => entryData(asked, entry)) },
  });
}

/** What the policies of a direction come to. */
function stateWords(entries: readonly Entry[], direction: Direction): string {
  const own = entries.filter((entry) => entry.direction === direction);
  const isolated = own.some(({ policy, selects: how }) => policy.tier === 'networkPolicy' && how === 'yes');
  if (isolated) return `${direction} isolated`;
  return own.length === 0 ? `${direction} open` : `${direction} open but for what these deny`;
}

function entryLines(asked: Asked, { policy, direction, selects: how, part }: Entry, total: number): readonly string[] {
  const verb = how === 'yes' ? '' : ', perhaps';
  const some = part === 0 ? '' : `, ${part} of ${total} pods`;
  const subject = policy.subject === undefined ? '' : `: ${peerWords(policy.subject)}`;
  const head = wrap(`${policyWords(policy.ref, asked.places)}, ${direction}${verb}${some}${subject}`, 80, '  ');
  const lines = head.map((line, at) => (at === 0 ? line.trimStart() : line));
  if (policy.unjudged !== undefined) return [...lines, '  its rules are not judged here'];
  const rules = policy[direction];
  if (rules.length === 0) return [...lines, `  no rule: it allows no ${direction}`];
  return [
    ...lines,
    ...rules.flatMap((rule) =>
      wrap(
        `${ruleNumber(direction, rule)} ${VERBS[rule.action]} ${direction === 'ingress' ? 'from' : 'to'} ${peersWords(rule.peers, 4)}, ${rulePortWords(rule.ports)}`,
        80,
        '    ',
      ).map((line, at) => (at === 0 ? `  ${line.trimStart()}` : line)),
    ),
  ];
}

const VERBS = { allow: 'allows', deny: 'denies', pass: 'passes on' } as const;

function entryData(asked: Asked, { policy, direction, selects: how }: Entry): object {
  const place = asked.places.policy(policy.ref);
  return {
    policy: refValue(policy.ref),
    tier: policy.tier,
    direction,
    selects: how,
    ...(place === undefined ? {} : { place }),
    ...(policy.unjudged === undefined ? {} : { notJudged: policy.unjudged.reason }),
    rules: policy[direction].map((rule) => ({
      rule: rule.index,
      ...(rule.name === undefined ? {} : { name: rule.name }),
      action: rule.action,
      peers: rule.peers === 'any' ? 'any' : rule.peers.map(peerWords),
      ports: rule.ports.named.length === 0 ? portsValue(rule.ports.fixed) : rulePortWords(rule.ports),
    })),
  };
}

async function overview(request: Request): Promise<CommandResult> {
  const all = request.options.boolean('all-namespaces');
  const plan: Plan = (gatherer, namespace) => readPolicies(gatherer, all ? 'all' : [namespace], [namespace]);
  const read = await ask(request, plan);
  const everywhere =
    all ||
    (request.facts.kind === 'snapshot' &&
      request.options.string('namespace') === undefined &&
      !isAlone(read, read.namespace));
  const wanted = everywhere ? undefined : read.namespace;
  const asked = everywhere ? askedAboutAll(read) : read;
  if (wanted !== undefined) refuseNowhere(asked, wanted);
  const policies = asked.model.policies.filter(
    ({ ref, tier }) =>
      tier !== 'network' && (wanted === undefined || ref.namespace === undefined || ref.namespace === wanted),
  );
  const rows = policies.map((policy) => overviewRow(asked, policy));
  const open = asked.model.units.filter(
    (unit) =>
      (wanted === undefined || unit.namespace.name === wanted) && isolating(asked.model, unit, 'ingress').length === 0,
  );
  const where = wanted === undefined ? 'in all namespaces' : `in namespace ${wanted}`;
  const headline = `${plural(policies.length, 'policy', 'policies')} ${where}; ${plural(open.length, 'pod')} that no policy selects for ingress`;
  const sections: readonly Section[] =
    rows.length === 0 ? [] : [{ type: 'table', head: ['POLICY', 'SELECTS', 'INGRESS', 'EGRESS'], rows }];
  const report = frame(asked, undefined, headline, {
    sections,
    data: {
      policies: policies.map((policy) => ({
        policy: refValue(policy.ref),
        tier: policy.tier,
        pods: countSelected(asked, policy),
        directions: DIRECTIONS.filter((direction) => policy.affects[direction]),
      })),
    },
  });
  return { type: 'report', report };
}

/** Whether a recording holds the policies and pods of no other namespace. */
function isAlone({ model }: Asked, namespace: string): boolean {
  const spaces = [
    ...model.units.map((unit) => unit.namespace.name),
    ...model.policies.filter(({ tier }) => tier !== 'network').map(({ ref }) => ref.namespace),
  ];
  return spaces.length > 0 && spaces.every((name) => name === namespace);
}

function overviewRow(asked: Asked, policy: Policy): readonly string[] {
  const count = countSelected(asked, policy);
  return [
    `${policy.ref.kind} ${policy.ref.namespace === undefined ? '' : `${policy.ref.namespace}/`}${policy.ref.name}`,
    count === 0 ? 'no pod' : plural(count, 'pod'),
    ...DIRECTIONS.map((direction) => ruleCount(policy, direction)),
  ];
}

/** `3 rules`, `allows nothing`, or `-` for a direction that the policy leaves alone. */
function ruleCount(policy: Policy, direction: Direction): string {
  if (!policy.affects[direction]) return '-';
  if (policy.unjudged !== undefined) return 'not judged';
  const { length } = policy[direction];
  return length === 0 ? 'allows nothing' : plural(length, 'rule');
}

function countSelected({ model }: Asked, policy: Policy): number {
  return model.units.filter((unit) => selects(policy, unit, model.context) !== 'no').length;
}

function frame(
  { snapshot, index, gaps, enforcement }: Asked,
  target: Report['target'],
  headline: string,
  more: Pick<Report, 'sections' | 'data'>,
): Report {
  const not =
    enforcement.enforced === 'no' ? `${reasonWords({ code: 'notEnforced', by: enforcement.by ?? '' })}. ` : '';
  const missing = gaps.incomplete === undefined ? '' : `; ${gaps.incomplete}`;
  return {
    command: COMMAND,
    target,
    takenAt: index.takenAt,
    source: sourceName(snapshot),
    verdict: gaps.incomplete === undefined ? 'healthy' : 'unknown',
    word: gaps.incomplete === undefined ? '' : 'INCOMPLETE',
    headline: `${not}${headline}${missing}`,
    causes: [],
    findings: [],
    notChecked: gaps.notChecked,
    coverage: { ran: 1, of: 1 },
    ladder: [],
    layout: 'answer',
    ...more,
  };
}
