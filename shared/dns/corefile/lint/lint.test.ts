import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCases } from '../../../../test/corefiles/read-cases.ts';
import { judgeCorefile } from '../judge.ts';
import { lintCorefile } from './lint.ts';
import { FILLED_IN, type LintFacts, NO_FACTS } from './problem.ts';

const KUBEADM = [
  'errors',
  'health {\nlameduck 5s\n}',
  'ready',
  'kubernetes cluster.local in-addr.arpa ip6.arpa {\npods insecure\nfallthrough in-addr.arpa ip6.arpa\nttl 30\n}',
  'prometheus :9153',
  'forward . /etc/resolv.conf {\nmax_concurrent 1000\n}',
  'cache 30',
  'loop',
  'reload',
  'loadbalance',
];

/** kubeadm's Corefile with directives put in the place of others, added (`+`) or left out. */
function kubeadm(change: Readonly<Record<string, string>> = {}, more = ''): string {
  const kept = KUBEADM.map((directive) => change[directive.split(/\s/)[0] ?? ''] ?? directive);
  const lines = [...kept, change['+'] ?? ''].filter((line) => line !== '');
  return `.:53 {\n${lines.join('\n')}\n}\n${more}`;
}

function lint(text: string, facts: Partial<LintFacts> = {}, version = '1.12.4') {
  const judgement = judgeCorefile({ text, version, program: facts.program ?? 'coredns' });
  expect(judgement.errors).toEqual([]);
  return lintCorefile(judgement, { ...NO_FACTS, ...facts });
}

function found(text: string, facts: Partial<LintFacts> = {}, version = '1.12.4'): readonly string[] {
  return lint(text, facts, version).map(({ rule, severity, line }) => `${severity} ${rule} ${line}`);
}

const loud = (words: readonly string[]) => words.filter((word) => !word.startsWith('info'));
const cluster = { cluster: true, serviceAddresses: ['10.96.0.10'], podAddresses: ['10.244.0.2'] };

describe('sound Corefiles of distributions get silence', () => {
  const sound = readCases().filter(
    ({ name }) => name.startsWith('distributions') && !/placeholders|proxy|debian/.test(name),
  );
  it.each(sound.map((one) => [one.name, one] as const))('%s', (_, { text }) => {
    const program = /^\s*bind 169\.254/m.test(text) ? 'node-cache' : 'coredns';
    expect(loud(found(text, program === 'coredns' ? cluster : { program }))).toEqual([]);
  });

  it('kubeadm of 1.10, judged as the CoreDNS of its time', () => {
    const text = readCases().find(({ name }) => name.includes('kubeadm of 1.10'))?.text ?? '';
    expect(loud(found(text, cluster, '1.1.3'))).toEqual([]);
  });

  const folder = '../shared/cases/corefiles';
  it.skipIf(!existsSync(folder))('as shipped by NodeLocal DNSCache', () => {
    const text = readFileSync(`${folder}/node-cache.Corefile`, 'utf8');
    expect(loud(found(text, { program: 'node-cache' }))).toEqual([]);
  });
});

describe('each rule names its line', () => {
  const forward = (to: string) => kubeadm({ forward: `forward . ${to} {\nmax_concurrent 1000\n}` });
  it.each<[string, string, Partial<LintFacts>, string]>([
    ['loopback', forward('127.0.0.1'), {}, 'critical forwards-to-itself 13'],
    ['systemd-resolved', forward('127.0.0.53'), {}, 'critical forwards-to-itself 13'],
    ['the DNS Service', forward('10.96.0.10'), cluster, 'critical forwards-to-itself 13'],
    ['its usual address', forward('10.43.0.10'), {}, 'critical forwards-to-itself 13'],
    ['a pod of its own', forward('8.8.8.8 10.244.0.2'), cluster, 'critical forwards-to-itself 13'],
    [
      'a stub zone',
      kubeadm({}, 'corp.example {\nerrors\nforward . 10.96.0.10\n}\n'),
      cluster,
      'critical forwards-to-itself 23',
    ],
    [
      'resolv.conf of itself',
      forward('/etc/resolv.conf'),
      { ...cluster, resolvConf: { servers: ['127.0.0.53'], source: 'node' } },
      'critical forwards-to-itself 13',
    ],
    ['addresses of documentation', forward('192.0.2.53 tls://203.0.113.9'), cluster, 'warning forwards-to-nobody 13'],
    [
      'a stub zone to nobody',
      kubeadm({}, 'corp.example {\nerrors\nforward . 198.51.100.7:5353\n}\n'),
      cluster,
      'warning forwards-to-nobody 23',
    ],
    [
      'resolv.conf that names nobody',
      forward('/etc/resolv.conf'),
      { ...cluster, resolvConf: { servers: ['2001:db8::53'], source: 'node' } },
      'warning forwards-to-nobody 13',
    ],
    ['the node cache', forward('169.254.20.10'), cluster, 'warning forwards-to-node-cache 13'],
    ['no kubernetes', kubeadm({ kubernetes: 'whoami' }), cluster, 'critical no-cluster-zone 1'],
    [
      'other domain',
      kubeadm(),
      { ...cluster, domain: { zone: 'corp.local.', source: 'kubelet' } },
      'critical wrong-cluster-domain 7',
    ],
    ['hosts', kubeadm({ '+': 'hosts {\n10.0.0.1 a.example\n}' }), {}, 'critical hosts-hides-names 20'],
    [
      'hosts of a zone',
      kubeadm({ '+': 'hosts /etc/x a.example {\n10.0.0.1 b.a.example\n}' }),
      {},
      'warning hosts-hides-names 20',
    ],
    [
      'hosts override',
      kubeadm({ '+': 'hosts {\n10.0.0.1 web.shop.svc.cluster.local\nfallthrough\n}' }),
      {},
      'warning hosts-hides-names 21',
    ],
    ['template', kubeadm({ '+': 'template ANY ANY {\nrcode NXDOMAIN\n}' }), {}, 'critical template-hides-names 20'],
    [
      'template pattern',
      kubeadm({ '+': 'template IN A {\nmatch .*\\.local\\.$\nanswer "{{ .Name }} 5 IN A 10.0.0.1"\nfallthrough\n}' }),
      {},
      'critical template-hides-names 20',
    ],
    [
      'rewrite substring',
      kubeadm({ '+': 'rewrite name substring cluster.local corp.local answer auto' }),
      {},
      'critical rewrite-hides-names 20',
    ],
    [
      'rewrite regex',
      kubeadm({ '+': 'rewrite name regex (.*)\\.svc\\.(.*) {1}.x.example answer auto' }),
      {},
      'critical rewrite-hides-names 20',
    ],
    [
      'rewrite of one name',
      kubeadm({ '+': 'rewrite name web.shop.svc.cluster.local web.example' }),
      {},
      'info rewrite-hides-names 20',
    ],
    [
      'rewrite without answer',
      kubeadm({ '+': 'rewrite name suffix .corp.example .shop.svc.cluster.local' }),
      {},
      'warning rewrite-answer-unlike-question 20',
    ],
    [
      'template of a zone of Services',
      kubeadm({ '+': 'template IN A svc.cluster.local {\nrcode NXDOMAIN\n}' }),
      {},
      'critical template-hides-names 20',
    ],
    [
      'template of a namespace',
      kubeadm({ '+': 'template IN ANY shop.svc.cluster.local {\nrcode NXDOMAIN\n}' }),
      {},
      'warning template-hides-names 20',
    ],
    [
      'rewrite of a Service that is there',
      kubeadm({ '+': 'rewrite name web.shop.svc.cluster.local web.example' }),
      { services: new Set(['shop/web']) },
      'warning rewrite-hides-names 20',
    ],
    [
      'rewrite to a Service that is not there',
      kubeadm({ '+': 'rewrite name old.shop.svc.cluster.local web.prod.svc.cluster.local' }),
      { services: new Set(['shop/web']) },
      'warning rewrite-hides-names 20',
    ],
    [
      'rewrite of a namespace',
      kubeadm({ '+': 'rewrite name suffix .shop.svc.cluster.local .prod.svc.cluster.local answer auto' }),
      { services: new Set(['shop/web']) },
      'warning rewrite-hides-names 20',
    ],
    [
      'block of the zone',
      kubeadm({}, 'cluster.local {\nforward . 9.9.9.9\n}\n'),
      {},
      'critical zone-served-elsewhere 21',
    ],
    [
      'block of Services',
      kubeadm({}, 'svc.cluster.local {\nforward . 9.9.9.9\n}\n'),
      {},
      'critical zone-served-elsewhere 21',
    ],
    ['block of a namespace', kubeadm({}, 'shop.svc.cluster.local {\nlog\n}\n'), {}, 'warning zone-served-elsewhere 21'],
    [
      'block of a namespace that is there',
      kubeadm({}, 'shop.svc.cluster.local {\nlog\n}\n'),
      { services: new Set(['shop/web']) },
      'critical zone-served-elsewhere 21',
    ],
    ['acl for all', kubeadm({ '+': 'acl {\nblock\n}' }), {}, 'critical acl-shuts-out-pods 21'],
    [
      'template for AAAA',
      kubeadm({ '+': 'template IN AAAA {\nrcode NXDOMAIN\n}' }),
      {},
      'info template-denies-type 20',
    ],
    [
      'template for AAAA and Alpine',
      kubeadm({ '+': 'template IN AAAA {\nrcode NXDOMAIN\n}' }),
      { musl: 'shop/web' },
      'critical template-denies-type 20',
    ],
    [
      'acl for pods of a node',
      kubeadm({ '+': 'acl {\nallow net 10.244.0.0/24\ndrop type A net 10.0.0.0/8\n}' }),
      { podRanges: ['10.244.0.0/24', '10.244.1.0/24'] },
      'critical acl-shuts-out-pods 22',
    ],
    ['nothing forwarded', kubeadm({ forward: '' }), { cluster: true }, 'warning no-upstream 1'],
    [
      'one zone forwarded',
      kubeadm({ forward: 'forward corp.example 9.9.9.9' }),
      { cluster: true },
      'warning no-upstream 1',
    ],
    ['long denial', kubeadm({ cache: 'cache 30 {\ndenial 9984 3600 600\n}' }), {}, 'warning stale-answers 17'],
    ['loopback only', kubeadm({ '+': 'bind 127.0.0.1' }), {}, 'critical not-where-asked 1'],
    [
      'another port',
      kubeadm(),
      { ...cluster, targetPorts: [{ port: '5353', protocol: 'UDP' }] },
      'critical not-where-asked 1',
    ],
    [
      'readiness',
      kubeadm({ ready: 'ready :8182' }),
      { ...cluster, probes: [{ kind: 'readiness', port: '8181', path: '/ready' }] },
      'critical probe-without-plugin 6',
    ],
    ['no loop', kubeadm({ loop: '' }), {}, 'warning no-loop 1'],
    ['no errors', kubeadm({ errors: '' }), {}, 'warning no-errors 1'],
    ['no ready', kubeadm({ ready: '' }), {}, 'warning no-ready 1'],
    ['no health', kubeadm({ health: '' }), {}, 'warning no-health 1'],
    ['no reload', kubeadm({ reload: '' }), {}, 'warning no-reload 1'],
    ['no cache', kubeadm({ cache: '' }), {}, 'warning no-cache 1'],
    ['no lameduck', kubeadm({ health: 'health' }), {}, 'info no-lameduck 3'],
    ['no max_concurrent', kubeadm({ forward: 'forward . 8.8.8.8' }), {}, 'info no-max-concurrent 13'],
    [
      'reverse',
      kubeadm({ kubernetes: 'kubernetes cluster.local in-addr.arpa ip6.arpa' }),
      {},
      'warning reverse-zones-end-here 7',
    ],
    [
      'pods verified',
      kubeadm({ kubernetes: 'kubernetes cluster.local {\npods verified\n}' }),
      { pods: 8000 },
      'warning pods-verified 8',
    ],
    ['autopath', kubeadm({ '+': 'autopath @kubernetes' }), {}, 'warning autopath-without-pods 20'],
    [
      'noendpoints',
      kubeadm({ kubernetes: 'kubernetes cluster.local {\nnoendpoints\n}' }),
      {},
      'warning records-left-out 8',
    ],
    [
      'empty_service',
      kubeadm({ kubernetes: 'kubernetes cluster.local {\nignore empty_service\n}' }),
      {},
      'warning records-left-out 8',
    ],
    ['metrics', kubeadm({ prometheus: 'prometheus 127.0.0.1:9153' }), {}, 'info metrics-on-loopback 12'],
    ['stale', kubeadm({ cache: 'cache 30 {\nserve_stale 24h\n}' }), {}, 'warning stale-answers 17'],
    [
      'tls',
      kubeadm({ forward: 'forward . tls://9.9.9.9 {\nmax_concurrent 1000\n}' }),
      {},
      'warning tls-without-name 13',
    ],
    ['log', kubeadm({ '+': 'log' }), {}, 'info logs-every-query 20'],
    ['debug', kubeadm({ '+': 'debug' }), {}, 'info debugging-on 20'],
    ['second forward', kubeadm({ '+': 'forward . 9.9.9.9' }), {}, 'warning second-forward-unused 20'],
    [
      'placeholder',
      '__PILLAR__DNS__DOMAIN__:53 {\nerrors\nforward . 10.0.0.1\n}\n',
      { program: 'node-cache' },
      'critical placeholder-left 1',
    ],
    [
      'loop of the node cache',
      '.:53 {\nbind 169.254.20.10 10.96.0.10\nforward . 10.96.0.10\n}\n',
      { program: 'node-cache' },
      'critical forwards-to-itself 3',
    ],
  ])('%s', (_, text, facts, expected) => {
    expect(found(text, facts)).toContain(expected);
  });

  it('a forward with one upstream that can answer, or with one that was filled in for judging, leads somewhere', () => {
    for (const to of ['192.0.2.1 8.8.8.8', FILLED_IN, '192.0.3.1', '10.0.0.53']) {
      expect(loud(found(forward(to), cluster)), to).not.toContainEqual(expect.stringContaining('forwards-to-nobody'));
    }
  });

  it('options that are passed over, by version', () => {
    const text = kubeadm({ kubernetes: 'kubernetes cluster.local {\nupstream\nresyncperiod 5m\n}' });
    expect(found(text, {}, '1.6.9')).toEqual(
      expect.arrayContaining(['info option-without-effect 8', 'info option-without-effect 9']),
    );
  });
});

describe('what is meant so is left alone', () => {
  it.each([
    ['a sidecar on another port', kubeadm({ forward: 'forward . 127.0.0.1:5454 {\nmax_concurrent 1000\n}' })],
    ['rewrite to a Service', kubeadm({ '+': 'rewrite name web.corp.example web.shop.svc.cluster.local' })],
    [
      'rewrite with an answer',
      kubeadm({
        '+': 'rewrite stop {\nname regex (.*)\\.corp\\.example {1}.shop.svc.cluster.local\nanswer name (.*)\\.shop\\.svc\\.cluster\\.local {1}.corp.example\n}',
      }),
    ],
    ['rewrite of an old name', kubeadm({ '+': 'rewrite name old.shop.svc.cluster.local web.shop.svc.cluster.local' })],
    [
      'addresses of their own',
      kubeadm({ '+': 'template IN A db.shop.svc.cluster.local {\nanswer "{{ .Name }} 5 IN A 10.0.0.1"\n}' }),
    ],
    ['names of a registry', kubeadm({}, 'consul.cluster.local {\nforward . 10.0.0.9\n}\n')],
    ['names of another cluster', kubeadm({}, 'far.svc.cluster.local {\nforward . 10.0.0.9\n}\n')],
    ['a block on another port', kubeadm({}, 'cluster.local:5353 {\nforward . 10.0.0.9\n}\n')],
    ['acl for others', kubeadm({ '+': 'acl {\nallow net 10.244.0.0/16\nblock\n}' })],
    ['acl of a type', kubeadm({ '+': 'acl {\nfilter type AAAA\n}' })],
    ['acl of queries for ANY', kubeadm({ '+': 'acl {\nblock type ANY net 10.0.0.0/8\n}' })],
    ['hosts with fallthrough', kubeadm({ '+': 'hosts {\n10.0.0.1 a.example\nfallthrough\n}' })],
    ['no AAAA answers', kubeadm({ '+': 'template ANY AAAA {\nrcode NOERROR\n}' })],
    ['a zone of hosts alone', kubeadm({}, 'corp.example {\nhosts {\n10.0.0.1 a.corp.example\n}\n}\n')],
    ['errors only in the log', kubeadm({ '+': 'log . {\nclass error denial\n}' })],
    ['a long cache', kubeadm({ cache: 'cache 900 {\ndenial 9984 30\n}' })],
    ['reverse zones of Services alone', kubeadm({ kubernetes: 'kubernetes cluster.local 10.96.0.0/12' })],
  ])('%s', (_, text) => {
    const facts = { ...cluster, services: new Set(['shop/web']), podRanges: ['10.244.0.0/24'] };
    expect(loud(found(text, facts))).toEqual([]);
  });
});
