import { describe, expect, it } from 'vitest';
import { event, node } from '../../../../shared/testing/builders.ts';
import { checkObjects, dnsObjects } from '../../testing/dns-objects.ts';

const n1 = node('n1');
const tool = (path: string, ...lines: readonly string[]) => ({ path, text: `${lines.join('\n')}\n` });
const told3 = (condition: { type: string; status: string; reason: string; message: string }) =>
  node('n3', true, { status: { conditions: [{ type: 'Ready', status: 'True' }, condition] } });
const found = (report: ReturnType<typeof checkObjects>) => report.findings.map(({ code }) => code);

describe('a full connection table', () => {
  it('is told from the words of the kernel that came as an event', () => {
    const full = event(n1, 'KernelIssue', 'nf_conntrack: nf_conntrack: table full, dropping packet');
    const [first] = checkObjects([...dnsObjects(), full]).causes;
    expect(first).toMatchObject({ code: 'DNS321', severity: 'critical', subject: { kind: 'Node', name: 'n1' } });
    expect(first?.summary).toContain('the connection table (conntrack) of node n1 is full');
    expect(first?.explain).toContain('single-request-reopen');
  });

  it('is told from the reason and the condition of node-problem-detector', () => {
    const told = event(n1, 'ConntrackFull', 'Conntrack usage over 90%: 98%');
    expect(checkObjects([...dnsObjects(), told]).causes[0]?.code).toBe('DNS321');
    const condition = { type: 'ConntrackFullProblem', status: 'True', reason: 'ConntrackFull', message: '' };
    expect(checkObjects([...dnsObjects(), told3(condition)]).causes[0]?.summary).toContain('node n3');
  });

  it('is told from dumps and from metrics of the node, with the figures', () => {
    const sysctl = ['net.netfilter.nf_conntrack_count = 131072', 'net.netfilter.nf_conntrack_max = 131072'];
    const statistics = 'cpu=0 found=1 invalid=2 insert=0 insert_failed=0 drop=77 early_drop=0';
    const dump = checkObjects(dnsObjects(), { tools: [tool('tools/n2/conntrack.txt', ...sysctl, statistics)] });
    expect(dump.causes[0]?.evidence[0]?.fact).toBe(
      '131072 of 131072 connections, 77 packets dropped since it was started',
    );
    const page = ['node_nf_conntrack_entries 261000', 'node_nf_conntrack_entries_limit 262144'];
    const metrics = checkObjects(dnsObjects(), { tools: [tool('tools/n1/node-exporter.prom', ...page)] });
    expect(metrics.causes[0]).toMatchObject({ code: 'DNS321', subject: { name: 'n1' } });
  });

  it('is none when it has room, when the condition is false, and for other words', () => {
    const sysctl = ['net.netfilter.nf_conntrack_count = 1000', 'net.netfilter.nf_conntrack_max = 131072'];
    const statistics = 'cpu=0 found=1 invalid=2 insert=0 insert_failed=0 drop=77 early_drop=0';
    const fine = { type: 'ConntrackFullProblem', status: 'False', reason: 'ConntrackIsNotFull', message: '' };
    const other = event(n1, 'Starting', 'Setting conntrack max to 131072');
    const report = checkObjects([...dnsObjects(), told3(fine), other], {
      tools: [tool('tools/n2/conntrack.txt', ...sysctl, statistics)],
    });
    expect(report).toMatchObject({ verdict: 'healthy', causes: [] });
    expect(found(report)).toEqual(found(checkObjects(dnsObjects())));
  });
});

describe('races of the connection table', () => {
  it('are worth knowing, and no fault', () => {
    const statistics = [
      'cpu=0 found=1 invalid=2 insert=0 insert_failed=40 drop=40 early_drop=0',
      'cpu=1 found=1 invalid=2 insert=0 insert_failed=2 drop=2 early_drop=0',
    ];
    const report = checkObjects(dnsObjects(), { tools: [tool('tools/n2/conntrack-S.txt', ...statistics)] });
    expect(report).toMatchObject({ verdict: 'healthy', causes: [] });
    const race = report.findings.find(({ code }) => code === 'DNS322');
    expect(race?.summary).toContain('node n2 lost 42 packets');
  });
});
