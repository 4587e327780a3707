import { describe, expect, it } from 'vitest';
import type { RuleWalk } from '../../../shared/policy/evaluate/verdict.ts';
import { compileNetworkPolicy } from '../../../shared/policy/rules/compile-network-policy.ts';
import { ALL_PORTS, NO_PORTS, portRange, unionPorts, wholeProtocol } from '../../../shared/policy/rules/port-set.ts';
import { missWords, portMissWords } from './misses.ts';
import { peersWords } from './peers.ts';
import { policyWords, ruleWords } from './policies.ts';
import { portsValue, portWords, rulePortWords } from './ports.ts';
import { reasonWords } from './reasons.ts';

const policy = { kind: 'NetworkPolicy', namespace: 'shop', name: 'allow-web' };
const pod = { kind: 'Pod', namespace: 'shop', name: 'web-1' };

describe('names of policies and rules', () => {
  const places = { policy: () => 'web.yaml:3', rule: () => 'web.yaml:12', field: () => 'web.yaml:12' };

  it('counts rules from 1 and tells where they stand', () => {
    expect(ruleWords(policy, 'ingress', { index: 0 }, places)).toBe(
      'NetworkPolicy shop/allow-web, ingress rule 1 (web.yaml:12)',
    );
    expect(ruleWords({ kind: 'AdminNetworkPolicy', name: 'strict' }, 'egress', { index: 1, name: 'no-db' })).toBe(
      'AdminNetworkPolicy strict, egress rule 2 "no-db"',
    );
    expect(policyWords(policy, places)).toBe('NetworkPolicy shop/allow-web (web.yaml:3)');
  });
});

describe('peers', () => {
  const peersOf = (from: readonly object[]) =>
    compileNetworkPolicy({
      metadata: { name: 'p', namespace: 'shop' },
      spec: { podSelector: {}, ingress: [{ from }] },
    }).ingress[0]?.peers ?? [];

  it.each([
    [[{ podSelector: {} }], 'all pods of namespace shop'],
    [[{ podSelector: { matchLabels: { app: 'web' } } }], 'pods app=web of namespace shop'],
    [[{ namespaceSelector: {} }], 'all pods of all namespaces'],
    [
      [{ namespaceSelector: { matchLabels: { team: 'data' } }, podSelector: { matchLabels: { app: 'etl' } } }],
      'pods app=etl of namespaces team=data',
    ],
    [[{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'data' } } }], 'all pods of namespace data'],
    [
      [
        {
          namespaceSelector: {
            matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['a', 'b'] }],
          },
        },
      ],
      'all pods of namespaces a and b',
    ],
    [[{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }], '10.0.0.0/8 except 10.1.0.0/16'],
    [[], 'everybody'],
  ])('%j', (from, words) => {
    expect(peersWords(peersOf(from))).toBe(words);
  });
});

describe('ports', () => {
  it('names each protocol once', () => {
    const set = unionPorts(unionPorts(portRange('TCP', 80), portRange('TCP', 90, 95)), portRange('UDP', 53));
    expect(portWords(set)).toBe('TCP 80, 90-95; UDP 53');
    expect(portsValue(set)).toEqual([
      { protocol: 'TCP', from: 80, to: 80 },
      { protocol: 'TCP', from: 90, to: 95 },
      { protocol: 'UDP', from: 53, to: 53 },
    ]);
  });

  it('knows all, none and a whole protocol', () => {
    expect([portWords(ALL_PORTS), portWords(NO_PORTS), portWords(wholeProtocol('UDP'))]).toEqual([
      'every port',
      'no port',
      'UDP all',
    ]);
    expect(portsValue(ALL_PORTS)).toBe('all');
  });

  it('keeps the names of a rule', () => {
    expect(rulePortWords({ fixed: portRange('TCP', 80), named: [{ name: 'http', protocol: 'TCP' }] })).toBe(
      'TCP 80; TCP "http"',
    );
  });
});

describe('misses', () => {
  it('says which label is missing where', () => {
    const miss = { key: 'team', operator: 'In', values: ['data'], found: undefined };
    expect(missWords({ what: 'namespaceLabel', namespace: 'shop', ...miss })).toBe(
      'namespace label team=data is missing on shop',
    );
    expect(missWords({ what: 'podLabel', pod, ...miss, found: 'web' })).toBe(
      'pod label team=data is wanted, and Pod shop/web-1 has team=web',
    );
    expect(
      missWords({ what: 'podLabel', pod, key: 'canary', operator: 'DoesNotExist', values: [], found: 'yes' }),
    ).toBe('pod label must be !canary, and Pod shop/web-1 has canary=yes');
  });

  it('says which ports a rule has instead', () => {
    const walk = (text: string, named: RuleWalk['ports']['named']): RuleWalk => ({
      index: 0,
      action: 'allow',
      matched: 'no',
      peers: 'any',
      ports: { matched: false, text, named },
    });
    const question = { protocol: 'TCP', port: 80 } as const;
    expect(portMissWords(walk('TCP 8080', []), question)).toBe('its ports are TCP 8080, not TCP 80');
    expect(portMissWords(walk('no ports', [{ name: 'web', protocol: 'TCP', numbers: [] }]), question)).toBe(
      'the destination has no port called "web"',
    );
  });
});

describe('reasons', () => {
  it('are sentences with names', () => {
    expect(reasonWords({ code: 'notEnforced', by: 'Flannel' })).toContain(
      'nothing enforces network policy here (Flannel)',
    );
    expect(reasonWords({ code: 'notJudged', policies: [policy], pod, why: 'family', reason: 'Calico' })).toBe(
      'NetworkPolicy shop/allow-web selects Pod shop/web-1, and Calico policies are not judged here',
    );
    expect(
      reasonWords({
        code: 'partOfRange',
        parts: [
          { answer: 'yes', ranges: ['10.0.0.0-10.0.0.255'] },
          { answer: 'no', ranges: ['10.0.1.0-10.255.255.255'] },
        ],
      }),
    ).toBe('allowed for 10.0.0.0-10.0.0.255; denied for 10.0.1.0-10.255.255.255');
  });
});
