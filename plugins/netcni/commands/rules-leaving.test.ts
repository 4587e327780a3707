import { describe, expect, it } from 'vitest';
import type { ConfigMap, KubeObject } from '../../../shared/model/objects.ts';
import { ask, silent, without } from '../testing/ask-rules.ts';
import { pool } from '../testing/faults/fault.ts';
import { calico } from '../testing/networks/calico.ts';
import { cilium } from '../testing/networks/cilium.ts';
import { awsVpc } from '../testing/networks/clouds.ts';
import { antrea, kindnet, weave } from '../testing/networks/others.ts';
import {
  ANTREA_RULES,
  AWS_RULES,
  CALICO_NFT,
  CALICO_RULES,
  CILIUM_RULES,
  KINDNET_RULES,
  savedWith,
  WEAVE_RULES,
  withService,
} from '../testing/plugin-rules.ts';

describe('rules of Calico beside those of kube-proxy', () => {
  const objects = withService(calico());
  const sound = savedWith(objects, CALICO_RULES);

  it('sound, whatever the policy of FORWARD', async () => {
    expect(await ask(sound, objects)).toMatchObject(silent);
    expect(await ask(sound.replace(':FORWARD ACCEPT', ':FORWARD DROP'), objects)).toMatchObject(silent);
  });

  it.each([
    ['no rule hides them', without(sound, 'cali40masq-ipam-pools')],
    ['nothing leads there', without(sound, '-j cali-POSTROUTING')],
  ])('pods on their way out: %s', async (_, dump) => {
    const answer = await ask(dump, objects);
    expect(answer).toMatchObject({ verdict: 'broken', codes: ['CNI838'] });
    expect(answer.headline).toContain("Calico's rules for that are gone");
    // A pool whose addresses the network outside knows is left as it is.
    expect(await ask(dump, pool(objects, { natOutgoing: false }))).toMatchObject(silent);
  });

  it('a dump without any rule of Calico proves nothing', async () => {
    expect(await ask(without(sound, /cali-/), objects)).toMatchObject(silent);
  });

  it('a filter on the tunnel between the nodes', async () => {
    const answer = await ask(sound.replace('-A INPUT -m', '-A INPUT -p ipencap -j DROP\n-A INPUT -m'), objects);
    expect(answer.codes).toEqual(['CNI820']);
    expect(answer.headline).toContain('drops IP in IP packets from node n2 (10.0.0.2) to this node');
    expect(await ask(sound.replace('-A INPUT -m', '-A INPUT -p gre -j DROP\n-A INPUT -m'), objects)).toMatchObject(
      silent,
    );
    const plain = pool(objects, { ipipMode: 'Never' });
    const dropping = sound.replace('-A INPUT -m', '-A INPUT -p 4 -j DROP\n-A INPUT -m');
    expect(await ask(dropping, plain)).toMatchObject(silent);
    expect((await ask(dropping, objects)).codes).toEqual(['CNI820']);
  });
});

describe('rules of AWS beside those of kube-proxy', () => {
  const objects = withService(awsVpc());
  const sound = savedWith(objects, AWS_RULES).replaceAll('10.244.0.0/16', '10.0.0.0/16');

  it('sound', async () => {
    expect(await ask(sound, objects)).toMatchObject(silent);
  });

  it('nothing hides the pods on their way out', async () => {
    const dump = without(sound, '"AWS, SNAT"');
    const answer = await ask(dump, objects);
    expect(answer).toMatchObject({ verdict: 'broken', codes: ['CNI838'] });
    expect(answer.headline).toContain("AWS VPC CNI's rules");
    // A gateway of the network does it.
    const outer = withService(awsVpc({ AWS_VPC_K8S_CNI_EXTERNALSNAT: 'true' }));
    expect(await ask(dump, outer)).toMatchObject(silent);
  });
});

describe('rules of other plugins that hide pods on their way out', () => {
  const masquerading = withService([
    ...cilium().map((one) =>
      one.metadata?.name === 'cilium-config'
        ? ({ ...one, data: { ...(one as ConfigMap).data, 'enable-ipv4-masquerade': 'true' } } as KubeObject)
        : one,
    ),
  ]);
  it.each([
    ['Antrea', withService(antrea()), ANTREA_RULES, 'masquerade Pod to external'],
    ['kindnet', withService(kindnet()), KINDNET_RULES, 'outbound traffic'],
    ['Weave Net', withService(weave()), WEAVE_RULES, '-A WEAVE -s'],
    ['Cilium', masquerading, CILIUM_RULES, 'masquerade non-cluster'],
  ])('%s: sound, and gone', async (plugin, objects, rules, lost) => {
    const range = plugin === 'Weave Net' ? '10.32.0.0/12' : '10.244.0.0/16';
    const sound = savedWith(objects, rules).replaceAll('! -s 10.244.0.0/16', `! -s ${range}`);
    expect(await ask(sound, objects)).toMatchObject(silent);
    // kindnet has no rule that lets pods pass such a policy.
    const strict = await ask(sound.replace(':FORWARD ACCEPT', ':FORWARD DROP'), objects);
    expect(strict.codes).toEqual(plugin === 'kindnet' ? ['CNI820'] : []);
    const answer = await ask(without(sound, lost), objects);
    expect(answer).toMatchObject({ verdict: 'broken', codes: ['CNI838'] });
    expect(answer.headline).toContain(`${plugin}'s rules for that are gone`);
  });

  it('Calico in nftables', async () => {
    const objects = withService(calico());
    expect(await ask(CALICO_NFT, objects)).toMatchObject(silent);
    expect((await ask(without(CALICO_NFT, 'masquerade'), objects)).codes).toEqual(['CNI838']);
  });

  it('Antrea without SNAT, and Cilium whose programs do it, are left alone', async () => {
    const objects = withService(antrea()).map((one) =>
      one.metadata?.name === 'antrea-config'
        ? ({ ...one, data: { 'antrea-agent.conf': 'trafficEncapMode: noEncap\nnoSNAT: true\n' } } as KubeObject)
        : one,
    );
    const gone = without(savedWith(objects, ANTREA_RULES), 'masquerade Pod to external');
    expect(await ask(gone, objects)).toMatchObject(silent);
    const bpf = withService(cilium());
    expect(await ask(without(savedWith(bpf, CILIUM_RULES), 'non-cluster'), bpf)).toMatchObject(silent);
  });
});
