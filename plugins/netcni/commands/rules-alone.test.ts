import { describe, expect, it } from 'vitest';
import { ClusterError } from '../../../shared/kube/ports.ts';
import { service, slicesFor } from '../../../shared/testing/builders.ts';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { netcni } from '../plugin.ts';
import { without } from '../testing/ask-rules.ts';
import { DOCKER, ufw, withFilter } from '../testing/foreign-rules.ts';
import { iptablesSave } from '../testing/iptables-dump.ts';
import { nftRuleset } from '../testing/nft-dump.ts';
import { services, slices } from '../testing/node-cluster.ts';
import { HEALTHY_LINKS, HEALTHY_ROUTES } from '../testing/node-tools.ts';

const UNREACHABLE = new ClusterError('unreachable', 'The server 10.0.0.1:6443 does not answer.', 'Is it up?');
const NO_CONFIG = new ClusterError('config', 'No kubeconfig was found.', 'Pass --kubeconfig FILE.');

/** The answer to a dump on standard input while no cluster can be asked. */
async function alone(stdin: string, words = 'rules -', error = UNREACHABLE) {
  const run = await runCli(netcni, words, {
    stdin,
    world: {
      connect: async () => {
        throw error;
      },
    },
  });
  return { ...run, text: run.stdout.replaceAll(/\s+/g, ' ') };
}

const hooked = (text: string): string => without(text, /^-A (PREROUTING|OUTPUT) .*-j KUBE-SERVICES/);

describe('a dump of a sound node, and no cluster to hold it against', () => {
  it.each([
    ['iptables-save', iptablesSave()],
    ['iptables-save without comments', iptablesSave(undefined, undefined, false)],
    ['nft list ruleset', nftRuleset()],
    ['with rules of Docker', DOCKER],
    ['with ufw that lets pods pass', ufw('') + HEALTHY_ROUTES + HEALTHY_LINKS],
    ['routes and links', HEALTHY_ROUTES + HEALTHY_LINKS],
  ])('is not called sound: %s', async (_, dump) => {
    const { exit, stdout, text } = await alone(dump);
    expect(stdout).toMatch(/^UNKNOWN {2}could not tell: /);
    expect(text).toContain('The server 10.0.0.1:6443 does not answer.');
    expect(text).not.toMatch(/CNI\d/);
    expect(exit).toBe(3);
  });

  it('tells which Services the rules themselves refuse', async () => {
    const empty = service('empty', { clusterIP: '10.96.1.9', clusterIPs: ['10.96.1.9'] });
    const dump = iptablesSave([...services, empty], [...slices, ...slicesFor(empty, [])]);
    expect((await alone(dump)).text).toContain('refused, because nobody is behind it: shop/empty');
  });
});

describe('what a dump tells by itself', () => {
  it.each([
    ['hooks that are gone', hooked(iptablesSave()), 'CNI801', 'has no jump to KUBE-SERVICES'],
    ['answers that do not find back', without(iptablesSave(), '-j KUBE-POSTROUTING'), 'CNI807', 'KUBE-POSTROUTING'],
    ['both iptables in use', iptablesSave() + iptablesSave().replaceAll('(nf_tables)', '(legacy)'), 'CNI808', 'legacy'],
    [
      'a filter of somebody else',
      withFilter([], '-A FORWARD -j REJECT --reject-with icmp-host-prohibited\n'),
      'CNI820',
      'iptables -I FORWARD 1 -s 10.244.0.0/16 -j ACCEPT',
    ],
  ])('%s', async (_, dump, code, words) => {
    const { exit, text } = await alone(dump);
    expect(text).toMatch(new RegExp(`^(BROKEN|DEGRADED) .*\\[${code}`));
    expect(text).toContain(words);
    expect(text).toContain('? Services, endpoints, pods and nodes: not compared: The server');
    expect(exit).toBe(1);
  });
});

describe('when a cluster is missed', () => {
  it('no kubeconfig is as good as no answer', async () => {
    expect((await alone(hooked(iptablesSave()), 'rules -', NO_CONFIG)).exit).toBe(1);
  });

  it('a cluster that was asked for by name and does not exist is a fault of the words', async () => {
    const run = await alone(iptablesSave(), 'rules - --context nowhere', NO_CONFIG);
    expect(run).toMatchObject({ exit: 2, stdout: '' });
  });

  it('a file that holds no dump is told as that', async () => {
    expect(await alone('hello\n')).toMatchObject({ exit: 2, stdout: '' });
  });
});
