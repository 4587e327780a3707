import { describe, expect, it } from 'vitest';
import { pod } from '../../../../shared/testing/builders.ts';
import { runCli } from '../../../../shared/testing/run-cli.ts';
import { netdns } from '../../plugin.ts';
import { COREFILE, causeCodes, checkObjects, crashed, dnsObjects, logOf, server } from '../../testing/dns-objects.ts';

const both = [server('coredns-1', { node: 'n1' }), server('coredns-2', { node: 'n2' })];
const timeout = '[ERROR] plugin/errors: 2 example.com. A: read udp 10.244.0.5:41234->10.0.0.2:53: i/o timeout\n';
const LOOP = '[FATAL] plugin/loop: Loop (127.0.0.1:55953 -> :53) detected for zone ".", see https://coredns.io\n';

const now = (text: string) => checkObjects(dnsObjects(), { logs: [logOf('coredns-1', text, false)] });

describe('logs of the DNS servers', () => {
  it('a circle is the cause of servers that crash', () => {
    const servers = both.map((one) => crashed(one));
    const report = checkObjects(dnsObjects({ servers }), { logs: [logOf('coredns-1', LOOP)] });
    expect(causeCodes(report)).toEqual(['DNS250']);
  });

  it('what keeps one new server from starting breaks nothing while an older one serves', () => {
    const [first = server('coredns-1'), second = server('coredns-2')] = both;
    const refused = 'plugin/forward: not an IP address or file: "nowhere"\n';
    const report = checkObjects(dnsObjects({ servers: [crashed(first), second] }), {
      logs: [logOf('coredns-1', refused)],
    });
    expect(report).toMatchObject({ verdict: 'degraded' });
    expect(causeCodes(report)).toEqual(['DNS258']);
  });

  it.each([
    ['DNS253', timeout.repeat(20)],
    ['DNS252', timeout.replace('i/o timeout', 'connect: no route to host').repeat(5)],
    ['DNS254', timeout.replace('i/o timeout', 'socket: too many open files')],
    ['DNS255', '[ERROR] plugin/errors: 2 a.example. A: concurrent queries exceeded maximum 1000\n'],
    ['DNS256', '[WARNING] plugin/health: Local health request to "http://:8080/health" failed: timeout\n'.repeat(4)],
    ['DNS257', 'panic: runtime error: invalid memory address\n'],
    ['DNS261', timeout.replace('i/o timeout', 'read: connection reset by peer').repeat(5)],
    ['DNS259', '[ERROR] plugin/errors: 2 a.example. A: no healthy proxies\n'],
    ['DNS251', '[ERROR] plugin/reload: Corefile parse failed: Corefile:3 - Error during parsing: bad\n'],
  ])('%s', (code, text) => {
    expect(causeCodes(now(text))).toEqual([code]);
  });

  describe('queries that end in SERVFAIL, where plugin log writes them', () => {
    const query = (name: string, rcode: string, at: number) =>
      `[INFO] 10.244.1.9:${40_000 + at} - ${at} "A IN ${name} udp 42 false 512" ${rcode} qr,rd 42 0.001s\n`;
    const lines = (failed: number) =>
      Array.from({ length: 200 }, (_, at) =>
        at < failed ? query('api.example.com.', 'SERVFAIL', at) : query('web.shop.svc.cluster.local.', 'NOERROR', at),
      ).join('');
    const ask = (failed: number, log = 'log') =>
      checkObjects(dnsObjects({ corefile: COREFILE.replace('errors', `errors\n    ${log}`) }), {
        logs: [logOf('coredns-1', lines(failed), false)],
      });

    it('are told with the name', () => {
      const report = ask(100);
      expect(causeCodes(report)).toEqual(['DNS272']);
      expect(report.headline).toContain(
        '50 of 100 queries to the DNS servers get SERVFAIL, most often those for api.ex',
      );
    });

    it('are none when few, and no share where failures alone are written', () => {
      expect(causeCodes(ask(4))).toEqual([]);
      expect(causeCodes(ask(200, 'log . {\n        class error\n    }'))).toEqual([]);
    });

    it('are a consequence of the upstream that the errors name', () => {
      const logs = [logOf('coredns-1', lines(100) + timeout.repeat(20), false)];
      const corefile = COREFILE.replace('errors', 'errors\n    log');
      expect(causeCodes(checkObjects(dnsObjects({ corefile }), { logs }))).toEqual(['DNS253']);
    });
  });

  it('names the upstream that does not answer', () => {
    expect(now(timeout.repeat(20)).headline).toContain('10.0.0.2:53 did not answer');
  });

  it('names the zone whose upstream does not answer', () => {
    const corefile = `${COREFILE}corp.example:53 {\n    forward . 10.0.0.2\n}\n`;
    const report = checkObjects(dnsObjects({ corefile }), { logs: [logOf('coredns-1', timeout.repeat(20), false)] });
    expect(report.headline).toContain('queries for names of corp.example timed out 20 times');
  });

  it('names the number of queries that may wait', () => {
    const line = '[ERROR] plugin/errors: 2 a.example. A: concurrent queries exceeded maximum 1000\n';
    expect(now(line).headline).toContain('(max_concurrent 1000)');
  });

  it('names the tight CPU limit of a server that is too busy, and mends it', () => {
    const busy =
      '[WARNING] plugin/health: Local health request to "http://:8080/health" took more than 1s: 3s\n'.repeat(9);
    const limited = (cpu: string) =>
      both.map((one) => ({
        ...one,
        spec: {
          ...one.spec,
          containers: (one.spec?.containers ?? []).map((box) => ({ ...box, resources: { limits: { cpu } } })),
        },
      }));
    const ask = (cpu: string) =>
      checkObjects(dnsObjects({ servers: limited(cpu) }), { logs: [logOf('coredns-1', busy, false)] });
    expect(ask('10m').headline).toContain('with a CPU limit of 10m');
    expect(ask('10m').causes[0]?.fixes[0]).toMatchObject({
      command: 'kubectl set resources deployment coredns -n kube-system -c coredns --limits=cpu=1',
      undo: 'kubectl set resources deployment coredns -n kube-system -c coredns --limits=cpu=10m',
    });
    expect(ask('2').headline).not.toContain('CPU limit');
  });

  it('a circle over loopback is told as one', () => {
    const servers = both.map((one) => crashed(one));
    const ask = (line: string) => checkObjects(dnsObjects({ servers }), { logs: [logOf('coredns-1', line)] }).headline;
    // The servers take the resolv.conf of their node, and the log is that of the one on n1.
    expect(ask(LOOP)).toContain('over loopback, which the resolv.conf of node n1 names as upstream');
    const corefile = COREFILE.replace('/etc/resolv.conf', '127.0.0.1');
    const own = checkObjects(dnsObjects({ servers, corefile }), { logs: [logOf('coredns-1', LOOP)] });
    expect(JSON.stringify(own.causes)).not.toContain('resolv.conf of node');
    expect(ask(LOOP.replace('127.0.0.1', '10.244.0.1'))).not.toContain('loopback');
  });

  it('that start, stop, reload and lose a packet now and then are silent', () => {
    const text = `CoreDNS-1.12.4\n${timeout}[WARNING] No files matching import glob pattern: custom/*.override\n`;
    expect(now(text)).toMatchObject({ verdict: 'healthy', causes: [] });
  });

  it('of the run before are over for a server that is ready', () => {
    const report = checkObjects(dnsObjects(), { logs: [logOf('coredns-1', LOOP, true)] });
    expect(report.causes).toEqual([]);
  });

  it('with the query log tell how many queries are misses of the search list', () => {
    const line = (name: string, rcode: string) =>
      `[INFO] 10.244.9.7:4 - 1 "A IN ${name} udp 60 false 512" ${rcode} qr 153 0.0001s\n`;
    const text = (
      line('api.example.com.shop.svc.cluster.local.', 'NXDOMAIN').repeat(3) + line('api.example.com.', 'NOERROR')
    ).repeat(50);
    const report = now(text);
    expect(report.causes).toEqual([]);
    const told = report.findings.find(({ code }) => code === 'DNS260');
    expect(told?.summary).toContain('75 of 100 queries');
    expect(told?.evidence.map(({ fact }) => fact)).toContain('clients: 10.244.9.7 (150)');
  });

  it('name the pods whose questions those are', () => {
    const line =
      '[INFO] 10.244.9.7:4 - 1 "A IN api.example.com.shop.svc.cluster.local. udp 60 false 512" NXDOMAIN qr 153 0.0001s\n';
    const report = checkObjects([...dnsObjects(), pod('web-1', { ip: '10.244.9.7' })], {
      logs: [logOf('coredns-1', line.repeat(120), false)],
    });
    const told = report.findings.find(({ code }) => code === 'DNS260');
    expect(told?.evidence.map(({ fact }) => fact)).toContain('clients: pod shop/web-1 (120)');
  });
});

describe('netdns logs', () => {
  it('groups the lines of a file by meaning', async () => {
    const run = await runCli(netdns, ['logs', '-'], { stdin: timeout.repeat(7) });
    expect(run.exit).toBe(1);
    expect(run.stdout).toMatch(/upstream timed out +7 +10\.0\.0\.2:53/);
  });

  it('is quiet about a log without faults, and says what it read', async () => {
    const run = await runCli(netdns, ['logs', '-'], { stdin: '.:53\nCoreDNS-1.12.4\n' });
    expect({ exit: run.exit, said: run.stdout.includes('nothing that points to a fault') }).toEqual({
      exit: 0,
      said: true,
    });
  });

  it.each([
    ['', 'standard input is empty'],
    ['error: no server is known\n', 'no line of standard input is one of a DNS server'],
  ])('what no DNS server wrote is no sign of health: %j', async (stdin, told) => {
    const run = await runCli(netdns, ['logs', '-'], { stdin });
    expect(run.stdout).toContain(`could not tell: ${told}`);
    expect(run.exit).toBe(3);
  });

  it('an absent file is a mistake that is explained', async () => {
    const run = await runCli(netdns, ['logs', 'nowhere.log']);
    expect({ exit: run.exit, told: run.stderr.includes('nowhere.log does not exist') }).toEqual({
      exit: 2,
      told: true,
    });
  });
});
