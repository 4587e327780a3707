import type { Ref } from '../../model/refs.ts';
import type { MatchContext } from '../rules/match.ts';
import { formatPorts, hasPort, NO_PORTS, portRange, toPortRanges, unionPorts } from '../rules/port-set.ts';
import type { Policy, Rule, Tier, Tri } from '../rules/rules.ts';
import { anyPeer, decideTier, type Match, type TierEnds } from './decide.ts';
import { doubtsOfPods, explainPeer, unitRef } from './explain-peer.ts';
import { destinationOf, judgedOf, matchesOf, namedPort, type Side, selects } from './side.ts';
import type {
  Answer,
  Decision,
  PolicyWalk,
  PortQuestion,
  PortWalk,
  Reason,
  RuleName,
  RuleWalk,
  SideWalk,
  TierWalk,
} from './verdict.ts';

/** A walk, and what left it undecided or needs saying beside it. */
export interface WalkedSide {
  readonly walk: SideWalk;
  readonly reasons: readonly Reason[];
}

/**
 * Tells one side for one port, tier by tier and rule by rule. The outcome of each tier comes from `decideTier`, the same
 * function that answers matrices, so that an explanation cannot disagree with the answer.
 */
export function walkSide(side: Side, port: PortQuestion, context: MatchContext): WalkedSide {
  const tiers: TierWalk[] = [];
  const one = portRange(port.protocol, port.port);
  // One place where the other end is, or all where it may be: some part of the traffic goes on as far as any does.
  const matches = matchesOf(judgedOf(side, context), context);
  let going = matches.map((match) => ({ match, incoming: one }));
  let allowed = false;
  let denied = false;
  for (const tier of side.tiers) {
    const all = going.map(({ match, incoming }) => ({ match, ...decideTier(tier, side.direction, match, incoming) }));
    const ends = all.reduce(eitherEnd, NO_END);
    const policies = walkPolicies(tier, side, port, { context, matches });
    const outcome = outcomeOf(ends.allow.length > 0, ends.deny.length > 0, ends.next.length > 0);
    // A network of its own is told only to whom it keeps apart.
    const silent = tier.name === 'network' && outcome === 'next';
    if (policies.length > 0 && !silent) tiers.push({ tier: tier.name, outcome, policies });
    allowed ||= ends.allow.length > 0;
    denied ||= ends.deny.length > 0;
    going = all.flatMap(({ match, next }) => (next.length === 0 ? [] : [{ match, incoming: next }]));
    if (going.length === 0) break;
  }
  allowed ||= going.length > 0;
  const answer: Answer = allowed ? (denied ? 'depends' : 'yes') : 'no';
  const subject = side.subject.type === 'pod' ? unitRef(side.subject) : undefined;
  const walk: SideWalk = { direction: side.direction, answer, subject, decision: decisionOf(answer, tiers), tiers };
  return { walk, reasons: answer === 'depends' ? doubtsOf(walk, side) : keptAddresses(walk, side) };
}

const NO_END: TierEnds = { allow: NO_PORTS, deny: NO_PORTS, next: NO_PORTS };

function eitherEnd(a: TierEnds, b: TierEnds): TierEnds {
  const { allow, deny, next } = a;
  return { allow: unionPorts(allow, b.allow), deny: unionPorts(deny, b.deny), next: unionPorts(next, b.next) };
}

/** A side without policies: a node, an address, or traffic that policies cannot touch. */
export function exemptSide(side: Side): SideWalk {
  const subject = side.subject.type === 'pod' ? unitRef(side.subject) : undefined;
  return { direction: side.direction, answer: 'yes', subject, decision: { by: 'exempt' }, tiers: [] };
}

function outcomeOf(allow: boolean, deny: boolean, next: boolean): TierWalk['outcome'] {
  if (Number(allow) + Number(deny) + Number(next) !== 1) return 'depends';
  return allow ? 'allow' : deny ? 'deny' : 'next';
}

/** How the other end is met, and how in each place where it may be. */
interface Meeting {
  readonly context: MatchContext;
  readonly matches: readonly Match[];
}

function walkPolicies(tier: Tier, side: Side, port: PortQuestion, meeting: Meeting): readonly PolicyWalk[] {
  const walks: PolicyWalk[] = [];
  for (const policy of tier.groups.flat()) {
    if (!policy.affects[side.direction]) continue;
    const selected = selects(policy, side.subject, meeting.context);
    if (selected === 'no') continue;
    walks.push({
      policy: policy.ref,
      selects: selected,
      priority: policy.priority,
      rules: walkRules(policy[side.direction], side, port, meeting),
      ...(policy.unjudged === undefined ? {} : { unjudged: policy.unjudged }),
    });
  }
  return walks;
}

function walkRules(rules: readonly Rule[], side: Side, port: PortQuestion, meeting: Meeting): readonly RuleWalk[] {
  const walks: RuleWalk[] = [];
  for (const rule of rules) {
    const walk = walkRule(rule, side, port, meeting);
    walks.push(walk);
    if (walk.matched === 'yes') break;
  }
  return walks;
}

function walkRule(rule: Rule, side: Side, port: PortQuestion, { context, matches }: Meeting): RuleWalk {
  const { peers: all } = rule;
  const peers = all === 'any' ? 'any' : all.map((peer) => explainPeer(peer, side.other, context));
  const ports = walkPorts(rule, side, port);
  const { index, action } = rule;
  return {
    index,
    ...(rule.name === undefined ? {} : { name: rule.name }),
    action,
    matched: ports.matched ? (all === 'any' ? 'yes' : everywhere(matches.map((match) => anyPeer(all, match)))) : 'no',
    peers,
    ports,
    ...(rule.failClosed === true ? { failClosed: true } : {}),
  };
}

/** Sure is what is the same wherever the other end may be. */
function everywhere(answers: readonly Tri[]): Tri {
  const [first = 'no'] = answers;
  return answers.every((answer) => answer === first) ? first : 'maybe';
}

function walkPorts({ ports }: Rule, side: Side, question: PortQuestion): PortWalk {
  const destination = destinationOf(side);
  let all = ports.fixed;
  const named = ports.named.map((entry) => {
    const found = namedPort(entry, destination);
    all = unionPorts(all, found);
    return { ...entry, numbers: toPortRanges(found).flatMap(({ from, to }) => (from === to ? [from] : [from, to])) };
  });
  return { matched: hasPort(all, question.protocol, question.port), text: formatPorts(all), named };
}

function decisionOf(answer: Answer, tiers: readonly TierWalk[]): Decision {
  if (answer === 'depends') return { by: 'nothing' };
  const last = tiers.at(-1);
  if (last === undefined || last.outcome === 'next' || last.outcome === 'depends') return { by: 'default' };
  for (const { policy, rules, selects: selected } of last.policies) {
    const rule = rules.at(-1);
    // A Pass rule that matched leaves the tier, so it cannot be what allowed or denied.
    if (rule?.matched !== 'yes' || selected !== 'yes' || rule.action === 'pass') continue;
    if (rule.action !== last.outcome) continue;
    return { by: 'rule', action: rule.action, policy, rule: ruleName(rule) };
  }
  const together = ruleOfSome(last);
  if (together !== undefined) return together;
  return { by: 'isolation', policies: last.policies.map(({ policy }) => policy) };
}

/** Of rules that only together hold every address there can be, the first. */
function ruleOfSome({ policies, outcome }: TierWalk): Decision | undefined {
  if (outcome !== 'allow' && outcome !== 'deny') return undefined;
  for (const { policy, rules } of policies) {
    const rule = rules.find(({ matched, action }) => matched === 'maybe' && action === outcome);
    if (rule !== undefined) return { by: 'rule', action: outcome, policy, rule: ruleName(rule) };
  }
  return undefined;
}

function ruleName({ index, name }: RuleWalk): RuleName {
  return name === undefined ? { index } : { index, name };
}

/** What left a side undecided: doubts about selections and peers, contradicting priorities, policies not judged. */
function doubtsOf(walk: SideWalk, side: Side): readonly Reason[] {
  const reasons: Reason[] = [];
  for (const { outcome, policies } of walk.tiers) {
    if (outcome !== 'depends') continue;
    for (const entry of policies) {
      if (entry.unjudged !== undefined && walk.subject !== undefined) {
        reasons.push({ code: 'notJudged', policies: [entry.policy], pod: walk.subject, ...entry.unjudged });
      }
      if (entry.selects === 'maybe') reasons.push(...doubtsOfSelection(entry, side));
      for (const rule of entry.rules) {
        if (rule.matched !== 'maybe' || rule.peers === 'any') continue;
        reasons.push(...rule.peers.flatMap((peer) => peer.doubts));
      }
    }
    const clash = contradiction(policies);
    if (clash !== undefined) reasons.push({ code: 'samePriority', policies: clash });
  }
  return reasons;
}

function doubtsOfSelection(entry: PolicyWalk, side: Side): readonly Reason[] {
  const policy = findPolicy(side.tiers, entry.policy);
  if (policy?.subject === undefined || side.subject.type !== 'pod') return [];
  return doubtsOfPods(policy.subject, side.subject);
}

function findPolicy(tiers: readonly Tier[], ref: Ref): Policy | undefined {
  for (const tier of tiers) {
    for (const policy of tier.groups.flat()) if (policy.ref === ref) return policy;
  }
  return undefined;
}

/** Policies of one priority that end differently on the same traffic. */
function contradiction(policies: readonly PolicyWalk[]): readonly Ref[] | undefined {
  for (const { priority } of policies) {
    const ended = policies.filter((entry) => entry.priority === priority && entry.rules.at(-1)?.matched === 'yes');
    if (new Set(ended.map((entry) => entry.rules.at(-1)?.action)).size > 1) return ended.map((entry) => entry.policy);
  }
  return undefined;
}

/** When an address block decided about a pod, the answer holds only where its address is kept on the way. */
function keptAddresses(walk: SideWalk, side: Side): readonly Reason[] {
  const { decision } = walk;
  if (decision.by !== 'rule' || side.other.type !== 'pod' || side.other.hostNetwork) return [];
  const policy = walk.tiers.at(-1)?.policies.find((entry) => entry.policy === decision.policy);
  const rule = policy?.rules.at(-1);
  if (rule === undefined || rule.peers === 'any') return [];
  const matched = rule.peers.filter((peer) => peer.matched === 'yes');
  if (matched.some(({ peer }) => peer.type !== 'block')) return [];
  const pod = unitRef(side.other);
  return matched.flatMap(({ peer }) =>
    peer.type === 'block' ? [{ code: 'addressKept', cidr: peer.cidr, pod } as const] : [],
  );
}
