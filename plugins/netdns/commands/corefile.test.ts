import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { tempFiles } from '../../../shared/testing/temp-files.ts';
import { netdns } from '../plugin.ts';

const files = tempFiles();
afterAll(() => files.remove());

const SOUND = `.:53 {
    errors
    health {
        lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
        max_concurrent 1000
    }
    cache 30
    loop
    reload
    loadbalance
}
`;

async function json(line: readonly string[], stdin = '') {
  const run = await runCli(netdns, ['corefile', ...line, '-o', 'json'], { stdin });
  return { ...run, report: JSON.parse(run.stdout) };
}

describe('netdns corefile', () => {
  it('tells what a sound Corefile serves', async () => {
    const { report, exit } = await json([files.write('Corefile', SOUND)]);
    expect(exit).toBe(0);
    expect(report.corefile).toEqual({
      valid: true,
      judgedAs: '1.12.4',
      errors: [],
      servers: [
        {
          zones: ['.'],
          plugins: [
            'errors',
            'health',
            'ready',
            'kubernetes',
            'prometheus',
            'forward',
            'cache',
            'loop',
            'reload',
            'loadbalance',
          ],
        },
      ],
    });
    expect(report).toMatchObject({ verdict: 'healthy', causes: [], findings: [] });
  });

  it('an invalid one exits 1 with the line and the words of CoreDNS', async () => {
    const { report, exit } = await json(['-', '--coredns-version', 'v1.11.3'], SOUND.replace('loop', 'lop'));
    expect(exit).toBe(1);
    expect(report.corefile).toMatchObject({
      valid: false,
      judgedAs: '1.11.3',
      errors: [{ line: 17, message: "Unknown directive 'lop'" }],
    });
    expect(report.causes[0]).toMatchObject({ code: 'DNS201', severity: 'critical', line: 17 });
  });

  it('findings carry code, severity and line', async () => {
    const { report, exit } = await json(['-'], SOUND.replace('/etc/resolv.conf', '127.0.0.53'));
    expect(exit).toBe(1);
    expect(report.corefile.valid).toBe(true);
    expect(report.causes[0]).toMatchObject({ code: 'DNS204', severity: 'critical', line: 13 });
  });

  it('reads files beside it that are imported', async () => {
    files.write('custom/a.server', 'corp.example {\n  forward . nowhere\n}\n');
    const { report } = await json([files.write('Corefile', `${SOUND}import custom/*.server\n`)]);
    expect(report.causes[0].summary).toContain('custom/a.server:2: CoreDNS 1.12.4 does not start');
  });

  it('opens a manifest of the ConfigMap', async () => {
    const data = { Corefile: SOUND.replace('    loop\n', '') };
    const path = files.write('map.json', { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'coredns' }, data });
    const { report } = await json([path]);
    expect(report.causes.map(({ code }: { code: string }) => code)).toEqual(['DNS220']);
  });

  it('prints normal form and what kubeadm would add', async () => {
    const { stdout } = await runCli(netdns, ['corefile', '-'], {
      stdin: '.:53   {\n kubernetes  cluster.local\n  forward .   8.8.8.8\n errors\n}\n',
    });
    expect(stdout).toContain('.:53 {\n    kubernetes cluster.local\n    forward . 8.8.8.8\n    errors\n}');
    expect(stdout).toContain('+        max_concurrent 1000');
  });

  it('--migrate prints the text for another version, and what was changed', async () => {
    const old =
      '.:53 {\n    errors\n    kubernetes cluster.local {\n        upstream\n    }\n    proxy . /etc/resolv.conf\n}\n';
    const { stdout, exit } = await runCli(netdns, ['corefile', '-', '--migrate', '--coredns-version', '1.12.4'], {
      stdin: old,
    });
    expect(exit).toBe(0);
    expect(stdout).toContain('    kubernetes cluster.local\n    forward . /etc/resolv.conf\n');
    expect(stdout).toMatch(/^# changed: "upstream" is taken out/m);
    const again = await json(['-'], stdout);
    expect(again.report.corefile.valid).toBe(true);
  });

  it.each([
    [['nowhere'], 'nowhere does not exist'],
    [['-', '--coredns-version', 'latest'], '"latest" is no version of CoreDNS'],
    [['a', 'b'], 'one file at a time'],
  ])('%j is a mistake that is explained', async (words, message) => {
    const { stderr, exit } = await runCli(netdns, ['corefile', ...words], { stdin: '' });
    expect({ exit, told: stderr.includes(message) }).toEqual({ exit: 2, told: true });
  });

  it('reads the ConfigMaps of a recording, with the version that runs', async () => {
    const map = (name: string, data: object) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'kube-system' },
      data,
    });
    const path = files.write('facts.json', {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        map('coredns', { Corefile: SOUND.replace('    cache 30', '    import custom/*.override\n    cache 30') }),
        map('coredns-custom', { 'a.override': 'hosts {\n  10.0.0.1 a.example\n}\n' }),
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'coredns', namespace: 'kube-system' },
          spec: {
            template: {
              spec: {
                containers: [{ name: 'coredns', image: 'registry.k8s.io/coredns/coredns:v1.11.1' }],
                volumes: [{ name: 'config', configMap: { name: 'coredns' } }],
              },
            },
          },
        },
      ],
    });
    const { report } = await json(['--snapshot', path]);
    expect(report.corefile.judgedAs).toBe('1.11.1');
    expect(report.causes[0]).toMatchObject({
      code: 'DNS206',
      subject: { kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns-custom' },
    });
    expect(report.causes[0].summary).toContain('custom/a.override:1');
  });
});
