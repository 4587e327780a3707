import { describe, expect, it } from 'vitest';
import { FACT_COMMANDS } from '../../shared/report/own-commands.ts';
import { runCli } from '../../shared/testing/run-cli.ts';
import { PLUGINS, pluginOf } from '../contract/plugins.ts';

const FOLDER = 'test/scenarios';

/** Lines to paste of an answer: indented by four, or beside a title. */
async function pasted(line: string): Promise<readonly string[]> {
  const { stdout } = await runCli(pluginOf(line), line.split(' ').slice(1));
  return stdout
    .split('\n')
    .flatMap((text) => / {4}(kubectl .*)|: (kubectl .*)/.exec(text)?.slice(1).filter(Boolean) ?? []);
}

describe('a command that an answer tells the reader to run', () => {
  it.each([
    ['netsvc web -n shop', 'webhook-of-the-mesh-is-down', 'kubectl netsvc'],
    ['netsvc check -n shop', 'webhook-of-the-mesh-is-down', 'kubectl netsvc web -n shop'],
    ['netcni', 'cni-calico-pool-used-up', 'kubectl netcni ipam'],
    ['netcni ipam', 'cni-calico-pool-used-up', 'kubectl netcni ipam'],
    ['netdns check', 'dns-upstream-slow', 'kubectl netdns corefile'],
    ['netpol can-reach internet svc/payment-service -n shop', 'selector-relabelled-in-release', 'kubectl netsvc'],
  ])('asks the same recording: %s', async (line, name, command) => {
    const snapshot = ` --snapshot ${FOLDER}/${name}/facts`;
    const lines = (await pasted(`${line}${snapshot}`)).filter((text) => text.startsWith(command));
    const ours = lines.filter((text) => /^kubectl net(svc|dns|pol|cni) (?!explain)/.test(text));
    expect(ours).not.toEqual([]);
    for (const text of ours) expect(text.endsWith(snapshot), text).toBe(true);
  });
});

describe.each(PLUGINS)('the commands of $name', ({ plugin }) => {
  it('take the flags that say where facts come from, all but the two about words', () => {
    const without = plugin.commands.filter(({ readsFacts }) => readsFacts === false).map(({ name }) => name);
    expect(without.toSorted()).toEqual(['completion', 'explain']);
  });

  it('are known by name where a sentence tells to run one', () => {
    const asking = plugin.commands.filter(({ readsFacts }) => readsFacts !== false).map(({ name }) => name);
    const others = ['snapshot', 'version'];
    expect(asking.filter((name) => !FACT_COMMANDS.has(name) && !others.includes(name))).toEqual([]);
  });
});
