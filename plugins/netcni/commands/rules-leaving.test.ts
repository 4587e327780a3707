import { describe, expect, it } from 'vitest';
import { ask, silent, without } from '../testing/ask-rules.ts';
import { pool } from '../testing/faults/fault.ts';
import { calico } from '../testing/networks/calico.ts';
import { awsVpc } from '../testing/networks/clouds.ts';
import { AWS_RULES, CALICO_RULES, savedWith, withService } from '../testing/plugin-rules.ts';

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
