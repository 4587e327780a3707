import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseEnvironment, readCases } from '../../../test/corefiles/read-cases.ts';
import { readVerdicts, versions, wasSeenToStart } from '../../../test/corefiles/verdicts.ts';
import { judgeCorefile } from './judge.ts';
import { printCorefile } from './syntax/print.ts';
import { type CorefileTree, parseTree } from './syntax/tree.ts';

const cases = readCases();

function judge(text: string, version = '1.12.4', files: Record<string, string> = {}) {
  return judgeCorefile({ text, version, files: new Map(Object.entries(files)), env: caseEnvironment });
}

describe('judgeCorefile agrees with what CoreDNS was seen to do', () => {
  const verdicts = readVerdicts();
  it.each(cases.map((one) => [one.name, one] as const))('%s', (name, { text, files }) => {
    const there = new Map([...files].map(([path, content]) => [`/etc/coredns/${path}`, content]));
    const said = versions.map((version) => {
      const { valid, errors } = judgeCorefile({ text, version, files: there, env: caseEnvironment });
      return [version, valid ? 'starts' : errors[0]?.message] as const;
    });
    const seen = versions.map((version) => [version, wasSeenToStart(verdicts, name, version)] as const);
    expect(
      seen.map(([, starts]) => starts),
      'run test/corefiles/record.ts for new cases',
    ).not.toContain(undefined);
    // The words of ours are told with a disagreement.
    const wrong = said.filter(([, words], at) => (words === 'starts') !== seen[at]?.[1]);
    expect(wrong).toEqual([]);
  });
});

describe('the words and lines of errors', () => {
  it.each([
    ['.:53 {\n  errors\n  frob\n}\n', 3, "Unknown directive 'frob'"],
    ['.:53 {\n  health\n  forward . nowhere\n}\n', 3, 'plugin/forward: not an IP address or file: "nowhere"'],
    [
      '.:53 {\n  kubernetes cluster.local {\n    upstream\n  }\n}\n',
      3,
      "plugin/kubernetes: unknown property 'upstream'",
    ],
    ['.:53 {\n  errors\n  cache 30\n', 3, "Syntax error: Unexpected token '30', expecting '}'"],
    ['.:53 {\n whoami\n}\n.:53 {\n whoami\n}\n', 4, 'cannot serve dns://.:53 - it is already defined'],
    ['.:53{\n  whoami\n}\n', 1, 'error inspecting server blocks: zone is not a valid domain name: .:53{'],
  ])('%j', (text, line, message) => {
    expect(judge(text).errors[0]).toEqual({ file: '/etc/coredns/Corefile', line, message });
  });

  it('an error in an imported file names that file and its line', () => {
    const { errors } = judge('.:53 {\n  import custom/*.override\n}\n', '1.12.4', {
      '/etc/coredns/custom/a.override': '# ours\nforward . nowhere\n',
    });
    expect(errors).toEqual([
      {
        file: '/etc/coredns/custom/a.override',
        line: 2,
        message: 'plugin/forward: not an IP address or file: "nowhere"',
      },
    ]);
  });

  it('an import that matches nothing is told and harmless', () => {
    const { valid, emptyImports } = judge('.:53 {\n  import custom/*.override\n  whoami\n}\n');
    expect({ valid, emptyImports }).toEqual({
      valid: true,
      emptyImports: [{ pattern: 'custom/*.override', file: '/etc/coredns/Corefile', line: 2 }],
    });
  });

  it('all plugins are judged, not only the first that is wrong', () => {
    const { errors } = judge('.:53 {\n  cache 0\n  health 8080\n}\n');
    expect(errors.map(({ line }) => line)).toEqual([3, 2]);
  });

  it('what lies outside of the Corefile is taken for given, and said', () => {
    const { valid, assumed } = judge('.:53 {\n  bind eth0\n  forward . /run/resolv.conf\n}\n');
    expect({ valid, assumed }).toEqual({ valid: true, assumed: ['file /run/resolv.conf', 'network interface eth0'] });
  });

  it('a zone file that is known must hold an SOA record', () => {
    const text = '.:53 {\n  errors\n  file /etc/coredns/x.db x.org\n}\n';
    const soa = '@ 60 IN SOA ns.x.org. a.x.org. 1 7200 3600 1209600 3600\n';
    expect(judge(text, '1.12.4', { '/etc/coredns/x.db': '; SOA\nns IN A 10.0.0.1\n' }).errors).toMatchObject([
      { line: 3, message: 'plugin/file: file "/etc/coredns/x.db" has no SOA record for origin x.org.' },
    ]);
    expect(judge(text, '1.12.4', { '/etc/coredns/x.db': soa }).valid).toBe(true);
    expect(judge(text).valid).toBe(true);
  });

  it('counts a resolv.conf with many servers as one upstream since 1.14.4', () => {
    const text = '.:53 {\n  forward . /etc/resolv.conf\n}\n';
    const files = {
      '/etc/resolv.conf': Array.from({ length: 16 }, (_, at) => `nameserver 10.0.0.${at + 1}\n`).join(''),
    };
    expect([judge(text, '1.12.4', files).valid, judge(text, '1.14.7', files).valid]).toEqual([false, true]);
  });

  it('a resolv.conf that is known is read', () => {
    const text = '.:53 {\n  forward . /etc/resolv.conf\n}\n';
    expect(judge(text, '1.12.4', { '/etc/resolv.conf': 'search x\n' }).errors[0]?.message).toBe(
      'plugin/forward: no nameservers found',
    );
    expect(judge(text, '1.12.4', { '/etc/resolv.conf': 'nameserver 10.0.0.1\n' })).toMatchObject({
      valid: true,
      assumed: [],
    });
  });
});

describe('versions', () => {
  const block = (line: string) => `.:53 {\n  kubernetes cluster.local {\n    ${line}\n  }\n}\n`;
  const upstream = (line: string) => `.:53 {\n  forward . 8.8.8.8 {\n    ${line}\n  }\n}\n`;
  const secondary = (line: string) => `.:53 {\n  secondary x {\n    transfer from 10.0.0.1\n    ${line}\n  }\n}\n`;
  const made = (lines: string) => `.:53 {\n  template IN A x {\n    ${lines}\n  }\n}\n`;
  const update = (line: string) => {
    const allow = line.startsWith('allow') || line === '' ? '' : '    allow k. * *\n';
    return `.:53 {\n  dynupdate x.org {\n    file a\n${allow}    ${line}\n  }\n}\n`;
  };
  const stale = (line: string) => `.:53 {\n  cache 30 {\n    serve_stale 1h ${line}\n  }\n}\n`;
  it.each([
    ['.:53 {\n  proxy . 8.8.8.8\n}\n', { '1.4.0': true, '1.5.0': false, '1.12.4': false }],
    ['.:53 {\n  federation cluster.local\n}\n', { '1.6.9': true, '1.7.0': false }],
    ['.:53 {\n  ready\n  whoami\n}\n', { '1.4.0': false, '1.5.0': true }],
    ['.:53 {\n  multisocket 2\n  whoami\n}\n', { '1.11.3': false, '1.12.0': true }],
    [block('upstream'), { '1.6.9': true, '1.7.0': false }],
    [block('resyncperiod 5m'), { '1.6.9': true, '1.7.0': false }],
    [block('transfer to *'), { '1.7.1': true, '1.8.0': false }],
    [block('startup_timeout 5s'), { '1.12.2': false, '1.12.3': true }],
    [block('zonal'), { '1.14.6': false, '1.14.7': true }],
    [upstream('max_concurrent 1000'), { '1.6.7': false, '1.6.8': true }],
    [upstream('next NXDOMAIN'), { '1.11.3': false, '1.11.4': true }],
    [upstream('failfast_all_unhealthy_upstreams'), { '1.12.0': false, '1.12.1': true }],
    [upstream('failover SERVFAIL'), { '1.12.4': false, '1.13.0': true }],
    ['.:53 {\n  cache 30 {\n    servfail 5s\n  }\n}\n', { '1.9.3': false, '1.9.4': true }],
    ['.:53 {\n  forward a.x 8.8.8.8\n  forward . 9.9.9.9\n}\n', { '1.9.3': false, '1.9.4': true }],
    ['.:53 {\n  file db.x {\n    fallthrough\n  }\n}\n', { '1.12.1': false, '1.12.2': true }],
    [secondary('fallthrough'), { '1.14.3': false, '1.14.4': true }],
    [secondary('catalog'), { '1.14.4': false, '1.14.5': true }],
    [secondary('catalog a.example'), { '1.14.6': false, '1.14.7': true }],
    [secondary('catalog a..example'), { '1.14.7': false }],
    ['.:53 {\n  nomad {\n    filter x\n  }\n}\n', { '1.13.1': false, '1.13.2': true }],
    ['.:53 {\n  https3 {\n    max_connections 5\n  }\n}\n', { '1.14.6': false, '1.14.7': true }],
    [
      '.:53 {\n  loadbalance round_robin {\n    prefer 10.0.0.0/8\n  }\n}\n',
      { '1.10.1': true, '1.11.3': true, '1.12.3': true, '1.12.4': true },
    ],
    ['.:53 {\n  loadbalance round_robin {\n    prefer 10.0.0.1\n  }\n}\n', { '1.12.3': true, '1.12.4': false }],
    ['.:53 {\n  rewrite ttl exact a.x 30-300\n}\n', { '1.9.3': false, '1.9.4': true }],
    ['.:53{\n  whoami\n}\n', { '1.9.3': true, '1.9.4': false }],
    ['.:53 {\n  header {\n    set ra\n  }\n}\n', { '1.12.3': true, '1.12.4': false }],
    ['.:53 {\n  rewrite rcode exact a.x NXDOMAIN NOERROR\n}\n', { '1.11.1': false, '1.11.2': true }],
    ['.:53 {\n  rewrite edns0 nsid set revert\n}\n', { '1.11.3': false, '1.11.4': true }],
    ['.:53 {\n  k8s_external x\n}\n', { '1.10.1': true, '1.11.0': false }],
    ['https://. {\n  whoami\n}\n', { '1.7.1': true, '1.8.6': false, '1.8.7': true }],
    [stale('verify 1s'), { '1.14.3': false, '1.14.4': true, '1.14.7': true }],
    [stale('immediate 1s'), { '1.14.6': false, '1.14.7': true }],
    [stale('verify 1s 30s'), { '1.14.6': false, '1.14.7': true }],
    [upstream('tls_servername x'), { '1.15.0': true }],
    ['.:53 {\n  forward . quic://1.1.1.1\n}\n', { '1.14.7': false, '1.15.0': true }],
    [
      '.:53 {\n  siit {\n    ipv6_prefix 64:ff9b::/96\n    eam 192.0.2.1 2001:db8::1\n  }\n}\n',
      { '1.14.7': false, '1.15.0': true },
    ],
    ['.:53 {\n  siit {\n    ipv6_prefix 64:ff9b::/72\n  }\n}\n', { '1.15.0': false }],
    ['.:53 {\n  siit {\n    ipv6_prefix 2001:db8:0:0:ff00::/96\n  }\n}\n', { '1.15.0': false }],
    ['.:53 {\n  siit {\n    eam 2001:db8::1 192.0.2.1\n  }\n}\n', { '1.15.0': false }],
    [update('allow k. * A'), { '1.14.7': false, '1.15.0': true }],
    [update('allow k. a.x.org TYPE65 a'), { '1.15.0': true }],
    [update('allow k. y.org A'), { '1.15.0': false }],
    [update('allow k. * * A'), { '1.15.0': false }],
    [update('allow k. * AXFR'), { '1.15.0': false }],
    [update('max_records 0'), { '1.15.0': false }],
    [update('file b'), { '1.15.0': false }],
    [update(''), { '1.15.0': false }],
    ['.:53 {\n  proxyproto {\n    allow 10.0.0.1\n  }\n}\n', { '1.14.7': false }],
    [made('var host name()'), { '1.14.7': false, '1.15.0': true }],
    [made("expr group(1) == 'a'"), { '1.14.7': false, '1.15.0': true }],
    [made('var name 1'), { '1.15.0': false }],
    [made('var host'), { '1.15.0': false }],
    [made('expr nonsense()'), { '1.15.0': false }],
    [made("var a name()\n    expr a == 'x'"), { '1.15.0': true }],
    [
      '.:53 {\n  rewrite name regex (a)/b {1}.{kubernetes/namespace}.c metadata\n}\n',
      { '1.14.7': false, '1.15.0': true },
    ],
    ['.:53 {\n  rewrite name regex (a) {2}.c metadata\n}\n', { '1.15.0': false }],
    ['.:53 {\n  rewrite name exact a b metadata\n}\n', { '1.15.0': false }],
    ['.:53 {\n  dns64 2001:db8::/72\n}\n', { '1.14.7': true, '1.15.0': false }],
    ['https://.:443 {\n  https {\n    max_streams 4294967296\n  }\n}\n', { '1.15.0': false }],
    ['quic://.:853 {\n  tls a b\n  quic {\n    max_connections 0\n  }\n}\n', { '1.14.7': false, '1.15.0': true }],
    ['tls://a.x {\n  tls a b\n  whoami\n}\ntls://b.x {\n  whoami\n}\n', { '1.14.7': true, '1.15.0': false }],
    [block('startup_timeout 0'), { '1.12.3': false, '1.15.0': false }],
    ['.:53 {\n  forward . dns.google\n}\n', { '1.12.4': false, '1.14.4': true }],
    ['.:53 {\n  whoami\n}\n.:53 {\n  view x {\n    expr true\n  }\n  whoami\n}\n', { '1.14.2': false, '1.14.3': true }],
  ])('%j', (text, verdictsByVersion) => {
    const seen = Object.fromEntries(
      Object.keys(verdictsByVersion).map((version) => [version, judge(text, version).valid]),
    );
    expect(seen).toEqual(verdictsByVersion);
  });

  it('newer than all that is known, does not call unknown words wrong, and others still', () => {
    const text = '.:53 {\n  sparkle\n  forward . 9.9.9.9 {\n    glitter 3\n  }\n}\n';
    expect(judge(text, '1.14.7').valid).toBe(false);
    const newer = judge(text, '1.99.0');
    expect(newer).toMatchObject({ valid: true, errors: [] });
    expect(newer.unknown.map(({ line }) => line)).toEqual([2, 4]);
    expect(judge('.:53 {\n  proxy . 9.9.9.9\n}\n', '1.99.0').valid).toBe(false);
    expect(judge('.:53 {\n  reload 1s\n}\n', '1.99.0').valid).toBe(false);
  });

  it('the node cache has few plugins', () => {
    const text = '.:53 {\n  kubernetes cluster.local\n}\n';
    expect(judgeCorefile({ text, version: '1.12.4', program: 'node-cache' }).errors[0]?.message).toBe(
      "Unknown directive 'kubernetes'",
    );
  });

  it('a snippet that imports itself is refused, in older versions too', () => {
    const text = '(a) {\n  log\n  import a\n}\n.:53 {\n  import a\n}\n';
    expect(judge(text, '1.13.0').errors[0]?.message).toBe('maximum snippet import depth (10000) exceeded');
    expect(judge(text, '1.12.4').errors[0]?.message).toContain('never gets out of it');
  });

  it('files that import each other end', () => {
    const files = { '/etc/coredns/a': 'import b\n', '/etc/coredns/b': 'import a\n' };
    expect(judge('import a\n', '1.14.7', files).valid).toBe(false);
  });
});

const lines = cases.flatMap(({ text }) => text.split('\n'));
const words = [...new Set(lines.flatMap((line) => line.split(/\s+/)))];
/** Texts that look like Corefiles, are nearly ones, or are nothing of the kind. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(fc.constantFrom(...lines), { maxLength: 30 }).map((some) => some.join('\n')),
  fc
    .array(fc.constantFrom('\n', ' ', '{', '}', '"', '\\', '#', ',', '{$', 'import', '(a)', ...words), {
      maxLength: 60,
    })
    .map((some) => some.join(' ')),
  fc
    .array(fc.constantFrom('\n', ' ', '{', '}', '"', '\\', '#', ',', '\t', 'a', 'é'), { maxLength: 60 })
    .map((some) => some.join('')),
);
const anyVersion = fc.constantFrom('1.0.0', '1.5.0', '1.8.0', '1.11.3', '1.12.4', '1.13.0', '1.15.0');

describe('any text', () => {
  it('is judged, without hang or throw, and an invalid one says why', () => {
    fc.assert(
      fc.property(anyText, anyVersion, (text, version) => {
        const { valid, errors } = judge(text, version);
        expect(errors.length === 0).toBe(valid);
      }),
      { numRuns: 500 },
    );
  });

  it('printed and read again is the same tree, printed twice the same text, and judged the same', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const tree = parseTree(text);
        const printed = printCorefile(tree);
        expect(bare(parseTree(printed))).toEqual(bare(tree));
        expect(printCorefile(parseTree(printed))).toBe(printed);
        expect(judge(printed).valid).toBe(judge(text).valid);
      }),
      { numRuns: 500 },
    );
  });
});

/** A tree without line numbers, which change when lines do. */
function bare(tree: CorefileTree): unknown {
  return JSON.parse(JSON.stringify(tree, (name, value) => (name === 'line' ? undefined : value)));
}
