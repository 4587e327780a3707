import type {
  PeerWalk,
  PolicyWalk,
  PortQuestion,
  RuleWalk,
  SideWalk,
  TierWalk,
} from '../../../shared/policy/evaluate/verdict.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import type { Direction, Policy } from '../../../shared/policy/rules/rules.ts';
import { wrap } from '../../../shared/util/text.ts';
import { missWords, type Naming, portMissWords } from '../words/misses.ts';
import { peersWords, peerWords } from '../words/peers.ts';
import type { Places } from '../words/places.ts';
import { policyWords, ruleNumber } from '../words/policies.ts';
import { rulePortWords } from '../words/ports.ts';
import { networkWords, reasonWords } from '../words/reasons.ts';
import type { PairVerdict } from './judge-pair.ts';

const WIDTH = 80;

/** What the lines need beside the walk itself. */
export interface Telling {
  readonly model: PolicyModel;
  readonly places: Places;
  readonly name: Naming;
}

/** Both sides of a pair, egress first because packets meet it first: policies, their rules, why each matched or not. */
export function walkLines(pair: PairVerdict, telling: Telling): readonly string[] {
  const { egress, ingress } = pair.verdict;
  const question = pair.anyPort === true ? undefined : pair.question;
  return [egress, ingress].flatMap((side) => sideLines(side, question, telling));
}

const ENDS: Readonly<Record<SideWalk['answer'], string>> = { yes: 'allowed', no: 'denied', depends: 'not decided' };

function sideLines(side: SideWalk, question: PortQuestion | undefined, telling: Telling): readonly string[] {
  if (side.subject === undefined) return [];
  const title = `${side.direction === 'egress' ? 'Egress of' : 'Ingress of'} ${telling.name(side.subject)}: ${ENDS[side.answer]}`;
  if (side.decision.by === 'exempt') return [title, '  no policy applies to this traffic'];
  if (side.tiers.length === 0) return [title, `  no policy selects it for ${side.direction}, so everything passes`];
  return [
    title,
    ...side.tiers.flatMap((tier) => tierLines(tier, side.direction, question, telling)),
    ...endLines(side),
  ];
}

/** What follows when no rule decided. */
function endLines(side: SideWalk): readonly string[] {
  const { decision } = side;
  if (decision.by === 'isolation') {
    return wrapped(
      '  ',
      'selected by a NetworkPolicy and let in by no rule: what is not allowed is denied',
      side.direction,
    );
  }
  if (decision.by === 'rule' && isTogether(side)) {
    return ['  its address is not known, but each that it can have is held by one of the', '  rules marked ?'];
  }
  if (decision.by !== 'default') return [];
  return side.tiers.at(-1)?.outcome === 'depends'
    ? ['  allowed, whether these policies count for it or not']
    : ['  no rule matches, and nothing isolates it: allowed'];
}

/** Whether no rule decided alone. */
function isTogether({ tiers, decision }: SideWalk): boolean {
  return !tiers.some(({ policies }) =>
    policies.some(
      ({ policy, rules }) => decision.by === 'rule' && policy === decision.policy && rules.at(-1)?.matched === 'yes',
    ),
  );
}

function wrapped(indent: string, text: string, direction: Direction): readonly string[] {
  const words = direction === 'ingress' ? text : text.replace('let in', 'let out');
  return wrap(words, WIDTH, indent);
}

const TIERS: Readonly<Record<TierWalk['tier'], string>> = {
  network: '',
  unjudged: '',
  admin: 'admin tier: ',
  networkPolicy: '',
  baseline: 'baseline tier: ',
};

function tierLines(
  tier: TierWalk,
  direction: Direction,
  question: PortQuestion | undefined,
  telling: Telling,
): readonly string[] {
  if (tier.tier === 'network') return tier.policies.flatMap((walk) => networkLines(walk));
  return tier.policies.flatMap((walk) => policyLines(walk, TIERS[tier.tier], direction, question, telling));
}

/** A network of a namespace's own: whoever is not on it is kept out before any policy is asked. */
function networkLines({ policy, rules }: PolicyWalk): readonly string[] {
  const open = rules.filter(({ matched }) => matched === 'maybe');
  const doubts = open.flatMap(({ peers }) => (peers === 'any' ? [] : peers.flatMap((peer) => peer.doubts)));
  const lines =
    doubts.length > 0
      ? doubts.map((doubt) => `? ${reasonWords(doubt)}`)
      : [`✗ ${networkWords(policy.name)}: traffic with pods that are not on it does not pass, whatever policies say`];
  return [...new Set(lines)].flatMap((line) =>
    wrap(line, WIDTH, '    ').map((text, at) => (at === 0 ? `  ${text.trimStart()}` : text)),
  );
}

function policyLines(
  walk: PolicyWalk,
  tier: string,
  direction: Direction,
  question: PortQuestion | undefined,
  telling: Telling,
): readonly string[] {
  const policy = telling.model.policies.find(({ ref }) => ref === walk.policy);
  const who = policy?.subject === undefined ? '' : ` (${peerWords(policy.subject)})`;
  const verb = walk.selects === 'yes' ? 'selects' : 'may select';
  const head = `${tier}${policyWords(walk.policy, telling.places)} ${verb} it${who}`;
  const lines = wrap(head, WIDTH, '    ').map((line, at) => (at === 0 ? `  ${line.trimStart()}` : line));
  if (walk.unjudged !== undefined) return [...lines, '    ? its rules are not judged here'];
  if (walk.rules.length === 0) return [...lines, `    it has no ${direction} rule, so it allows nothing`];
  return [...lines, ...walk.rules.flatMap((rule) => ruleLines(rule, walk, policy, direction, question, telling))];
}

const MARKS: Readonly<Record<RuleWalk['matched'], string>> = { yes: '✓', no: '✗', maybe: '?' };
const ACTIONS: Readonly<Record<RuleWalk['action'], string>> = { allow: 'allows', deny: 'denies', pass: 'passes on' };

function ruleLines(
  rule: RuleWalk,
  walk: PolicyWalk,
  policy: Policy | undefined,
  direction: Direction,
  question: PortQuestion | undefined,
  telling: Telling,
): readonly string[] {
  const compiled = policy?.[direction].find(({ index }) => index === rule.index);
  const place = telling.places.rule(walk.policy, direction, rule.index);
  const own = telling.places.policy(walk.policy);
  const where = place === undefined || place === own ? '' : ` (${place})`;
  const whom = compiled === undefined ? '' : peersWords(compiled.peers, 4);
  const ports = compiled === undefined ? '' : `, ${rulePortWords(compiled.ports)}`;
  const preposition = direction === 'ingress' ? 'from' : 'to';
  const head = `${ruleNumber(direction, rule)}${where} ${ACTIONS[rule.action]} ${preposition} ${whom}${ports}`;
  const first = wrap(head, WIDTH, '      ').map((line, at) =>
    at === 0 ? `    ${MARKS[rule.matched]} ${line.trimStart()}` : line,
  );
  return [...first, ...whyLines(rule, question, telling).flatMap((line) => wrap(line, WIDTH, '        '))];
}

/** Why a rule did not match, label by label; nothing for one that did, but for one with a field that nobody knows. */
function whyLines(rule: RuleWalk, question: PortQuestion | undefined, { name }: Telling): readonly string[] {
  if (rule.failClosed === true) {
    const reading = rule.action === 'allow' ? 'matches nobody' : 'denies everybody';
    return [`it has a peer or port of a kind that is not known; the API says that it then ${reading}`];
  }
  if (rule.matched === 'yes') return [];
  const lines: string[] = [];
  if (rule.peers !== 'any' && !rule.peers.some(({ matched }) => matched === 'yes')) {
    lines.push(
      ...rule.peers.slice(0, 5).flatMap((peer) => peerLines(peer, rule.peers === 'any' ? 1 : rule.peers.length, name)),
    );
    if (rule.peers.length > 5) lines.push(`and ${rule.peers.length - 5} more that do not match`);
  }
  const ports = portMissWords(rule, question);
  if (ports !== undefined) lines.push(ports);
  return lines;
}

function peerLines({ peer, misses, doubts }: PeerWalk, of: number, name: Naming): readonly string[] {
  const words = [...misses.map((miss) => missWords(miss, name)), ...doubts.map((doubt) => reasonWords(doubt, name))];
  return [`${of > 1 ? `${peerWords(peer)}: ` : ''}${words.join('; ')}`];
}
