import type { Service } from '../../../../shared/model/objects-network.ts';
import { formatRef, type Ref } from '../../../../shared/model/refs.ts';
import type { PeerMiss, RuleWalk, SideWalk } from '../../../../shared/policy/evaluate/verdict.ts';
import type { Miss } from '../../../../shared/policy/rules/labels.ts';
import type { CallerPort } from '../../../../shared/policy/services/caller-access.ts';
import { inRange, parseAddress, parseCidr } from '../../../../shared/util/addresses.ts';
import { joinAnd } from '../../../../shared/util/text.ts';

/** One reason why a rule does not let the caller through. */
export interface WalkMiss {
  readonly words: string;
  readonly policy: Ref;
  readonly rule: number;
  /** The rule names the port of the Service where policies see that of the pods. */
  readonly servicePort?: number;
  /** The label that a namespace lacks. */
  readonly namespaceLabel?: Extract<PeerMiss, { what: 'namespaceLabel' }>;
}

/** What was asked: one port of a Service. */
export interface Asked {
  readonly service: Service;
  readonly port: CallerPort;
}

/** What keeps the caller out, the rule that is nearest to letting it through first. */
export function missesOf(walk: SideWalk, asked: Asked): readonly WalkMiss[] {
  const rules = walk.tiers.flatMap(({ policies }) =>
    policies.flatMap(({ policy, rules: all }) =>
      all.filter(({ action }) => action === 'allow').map((rule) => ({ policy, rule, far: distance(rule, asked) })),
    ),
  );
  return rules.sort((a, b) => a.far - b.far).flatMap(({ policy, rule }) => missesOfRule(policy, rule, asked));
}

/** How far a rule is from what was asked. One that fits by halves, or names the Service's own port or address, is near. */
function distance(rule: RuleWalk, asked: Asked): number {
  const peers = rule.peers === 'any' ? 'any' : rule.peers.some(({ matched }) => matched === 'yes') ? 'fit' : 'miss';
  const port = rule.ports.matched ? 0 : namesServicePort(rule, asked) ? 0.5 : peers === 'fit' ? 1.5 : 2.5;
  if (peers !== 'miss') return port;
  const ownAddress =
    rule.peers !== 'any' && rule.peers.some((peer) => peer.misses.some((miss) => isClusterIp(miss, asked)));
  return port + (ownAddress ? 0.5 : 2);
}

function missesOfRule(policy: Ref, rule: RuleWalk, asked: Asked): readonly WalkMiss[] {
  const common = { policy, rule: rule.index };
  const peers =
    rule.peers === 'any' || rule.peers.some(({ matched }) => matched === 'yes')
      ? []
      : rule.peers.flatMap((peer) =>
          peer.misses.flatMap((miss): readonly WalkMiss[] => {
            const words = wordsOf(miss, asked);
            if (words === undefined) return [];
            return [{ ...common, words, ...(miss.what === 'namespaceLabel' ? { namespaceLabel: miss } : {}) }];
          }),
        );
  if (rule.ports.matched) return peers;
  return [portMiss(rule, asked, common), ...peers];
}

function portMiss(rule: RuleWalk, asked: Asked, common: { readonly policy: Ref; readonly rule: number }): WalkMiss {
  const { port } = asked;
  const lost = rule.ports.named.filter(({ numbers }) => numbers.length === 0).map(({ name }) => `"${name}"`);
  if (lost.length > 0)
    return { ...common, words: `the rule opens the port named ${joinAnd(lost)}, which the pods do not declare` };
  if (!namesServicePort(rule, asked)) return { ...common, words: `the rule opens ${rule.ports.text}` };
  const seen = port.told?.port ?? port.targetPort;
  return {
    ...common,
    servicePort: port.servicePort,
    words: `the rule opens ${rule.ports.text}, the Service port, but policies see the pods' port ${seen}`,
  };
}

function namesServicePort({ ports }: RuleWalk, { port }: Asked): boolean {
  return ports.text.split(', ').includes(`${port.protocol} ${port.servicePort}`);
}

function isClusterIp(miss: PeerMiss, { service }: Asked): boolean {
  if (miss.what !== 'outsideBlock') return false;
  const range = parseCidr(miss.cidr);
  const addresses = (service.spec?.clusterIPs ?? [service.spec?.clusterIP ?? '']).flatMap(
    (ip) => parseAddress(ip) ?? [],
  );
  return range !== undefined && addresses.some((address) => inRange(range, address));
}

function wordsOf(miss: PeerMiss, asked: Asked): string | undefined {
  switch (miss.what) {
    case 'podLabel':
      return `${labelWords(miss)} on pod ${miss.pod.namespace ?? ''}/${miss.pod.name}`;
    case 'namespaceLabel':
      return `namespace ${labelWords(miss)} on ${miss.namespace}`;
    case 'otherNamespace':
      return `the rule means namespace ${miss.wanted}, the other end is in ${miss.found}`;
    case 'outsideBlock':
      return isClusterIp(miss, asked)
        ? `${miss.cidr} ${/\/(32|128)$/.test(miss.cidr) ? 'is' : 'holds'} the address of the Service, but policies see those of the pods (${miss.addresses.join(', ')})`
        : `${miss.addresses.join(', ')} is outside ${miss.cidr}`;
    case 'inExcept':
      return `${miss.addresses.join(', ')} is in the exception ${miss.except}`;
    default:
      return undefined;
  }
}

function labelWords({ key, operator, values, found }: Miss): string {
  const wanted = values.join('|');
  if (found === undefined) return `label ${wanted === '' ? key : `${key}=${wanted}`} is missing`;
  return operator === 'In'
    ? `label ${key} is ${found}, not ${wanted},`
    : `label ${key}=${found}, which the rule leaves out,`;
}

/** The policies that decide a side, as words. */
export function decidingPolicies({ decision }: SideWalk): readonly string[] {
  if (decision.by === 'isolation') return decision.policies.map(formatRef);
  return decision.by === 'rule' ? [formatRef(decision.policy)] : ['a network policy'];
}

/** The side that says no; egress first, because packets meet it first. */
export function deniedSide({ told }: CallerPort): SideWalk | undefined {
  if (told === undefined || told.verdict.answer !== 'no') return undefined;
  const { egress, ingress } = told.verdict;
  return egress.answer === 'no' ? egress : ingress.answer === 'no' ? ingress : undefined;
}
