import { describe, expect, it } from 'vitest';
import { slicesFor } from '../../../shared/testing/builders.ts';
import { ask, silent, without } from '../testing/ask-rules.ts';
import { iptablesSave } from '../testing/iptables-dump.ts';
import { nftRuleset } from '../testing/nft-dump.ts';
import { cluster, services, slices, web, webPods } from '../testing/node-cluster.ts';

const inNft = cluster.map((object) =>
  object.kind === 'ConfigMap' ? { ...object, data: { 'config.conf': 'mode: nftables\n' } } : object,
);

describe('how requests to a Service are divided', () => {
  const dump = iptablesSave();
  const share = (text: string): string =>
    dump.replace(/(-A KUBE-SVC-\S+ .*shop\/web .*)-m statistic --mode random --probability 0\.5\d* /, `$1${text}`);
  const draw = (odds: string): string => share(`-m statistic --mode random --probability ${odds} `);

  it.each([
    ['never to the first', draw('0.00000000000'), 'no request comes to 10.244.0.5:8080'],
    ['always to the first', draw('1.00000000000'), 'no request comes to 10.244.1.5:8080'],
    ['the first asks for nothing', share(''), 'no request comes to 10.244.1.5:8080'],
    ['nine of ten to the first', draw('0.90000000000'), '10.244.0.5:8080 gets 90 %, 10.244.1.5:8080 10 %'],
  ])('%s', async (_, changed, words) => {
    const answer = await ask(changed);
    expect(answer).toMatchObject({ verdict: 'degraded', codes: ['CNI812'] });
    expect(answer.headline).toContain(`Service shop/web`);
    expect(answer.headline).toContain(words);
  });

  it('a half that no rule takes', async () => {
    const last = /(-A KUBE-SVC-\S+ -m comment --comment "shop\/web -> 10\.244\.1\.5:8080" )/;
    const answer = await ask(dump.replace(last, '$1-m statistic --mode random --probability 0.50000000000 '));
    expect(answer).toMatchObject({ verdict: 'broken', codes: ['CNI812'] });
    expect(answer.headline).toContain('no rule takes 25 % of the requests, which get no answer');
    // Without its last rule an endpoint is missing, and its share is lost.
    const gone = await ask(without(dump, last));
    expect(gone).toMatchObject({ verdict: 'broken', codes: ['CNI804'] });
  });

  it('in the nftables mode', async () => {
    const sound = nftRuleset();
    expect(await ask(sound, inNft)).toMatchObject(silent);
    const lots = sound.replace(/(service-\S+-shop\/web\/tcp\/ \{\n.*\n.*numgen random mod )2/, '$13');
    expect(lots).not.toBe(sound);
    const answer = await ask(lots, inNft);
    expect(answer).toMatchObject({ verdict: 'broken', codes: ['CNI812'] });
    expect(answer.headline).toContain('no rule takes 33 % of the requests');
  });

  it('is even with many endpoints, and with clients that are kept to one', async () => {
    const many = Array.from({ length: 40 }, (_, at) => `10.244.1.${at + 100}`);
    const pods = many.map((ip, at) => ({
      ...(webPods[1] ?? {}),
      metadata: { ...webPods[1]?.metadata, name: `many-${at}`, uid: `uid-${at}` },
      status: { ...webPods[1]?.status, podIP: ip, podIPs: [{ ip }] },
    }));
    const own = [...slices.filter(({ metadata }) => !metadata?.name?.startsWith('web')), ...slicesFor(web, pods)];
    const objects = [...cluster.filter((one) => one.kind !== 'EndpointSlice'), ...pods, ...own];
    expect(await ask(iptablesSave(services, own), objects)).toMatchObject(silent);
    const kept = dump.replace(
      /^(-A KUBE-SVC-\S+) (-m comment --comment "shop\/web -> 10\.244\.0\.5:8080") .*-j (KUBE-SEP-\S+)$/m,
      '$1 $2 -m recent --rcheck --seconds 10800 --reap --name $3 --mask 255.255.255.255 --rsource -j $3\n$&',
    );
    expect(kept).not.toBe(dump);
    expect(await ask(kept)).toMatchObject(silent);
  });
});

describe('rules for packets that are passed on', () => {
  const dump = iptablesSave();

  it.each([
    ['the chain is empty', without(dump, /^-A KUBE-FORWARD/), 'KUBE-FORWARD is empty'],
    ['the chain is gone', without(dump, /KUBE-FORWARD/), 'KUBE-FORWARD is gone'],
    ['nothing leads to it', without(dump, /-j KUBE-FORWARD/), 'FORWARD has no jump to KUBE-FORWARD'],
  ])('%s', async (_, changed, words) => {
    const answer = await ask(changed);
    expect(answer).toMatchObject({ verdict: 'degraded', codes: ['CNI813'] });
    expect(answer.headline).toContain(words);
  });

  it('what somebody picked out of a dump lacks nothing', async () => {
    const filter = /\*filter[\s\S]*?COMMIT\n/;
    expect(await ask(dump.replace(filter, ''))).toMatchObject(silent);
    expect(await ask(dump.replace(filter, '*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n'))).toMatchObject(silent);
  });
});
