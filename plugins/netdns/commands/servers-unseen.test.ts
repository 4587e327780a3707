import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { namespace, node, pod, service, slicesFor } from '../../../shared/testing/builders.ts';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { netdns } from '../plugin.ts';
import { dnsObjects } from '../testing/dns-objects.ts';
import { live, web, webPod, ZONE } from '../testing/resolve-world.ts';
import { askNetdns, type NetdnsAnswer } from '../testing/run-netdns.ts';

const shop: readonly KubeObject[] = [namespace('shop'), web, webPod, ...slicesFor(web, [webPod])];
const db = service('db', { clusterIP: 'None', clusterIPs: ['None'], selector: { app: 'db' } });

/** The same question of a recording that holds nothing but these objects. */
async function askRecording(
  line: string,
  objects: readonly KubeObject[],
): Promise<NetdnsAnswer & { readonly exit: number }> {
  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const run = await runCli(netdns, `${line} --snapshot - -o json`, { stdin });
  return { ...(JSON.parse(run.stdout) as NetdnsAnswer), exit: run.exit };
}

describe('a name whose DNS servers were not seen', () => {
  it('is promised, which is no answer yet: in a recording of its namespace', async () => {
    const answer = await askRecording('web.shop', shop);
    expect(answer).toMatchObject({ verdict: 'unknown', exit: 3, causes: [] });
    expect(answer.headline).toContain(
      'could not tell: web.shop resolves to 10.96.0.7 as web.shop.svc.cluster.local if the DNS servers answer, which were not seen',
    );
    expect(answer.notChecked.map(({ reason }) => reason)).toContain('Pods of namespace kube-system were not collected');
  });

  it('and with rights in its namespace only', async () => {
    const answer = await askNetdns('web.shop -n shop', shop, { onlyNamespace: 'shop' });
    expect(answer).toMatchObject({ verdict: 'unknown', exit: 3, causes: [] });
  });

  it('needs none where /etc/hosts has it', async () => {
    const front = pod('front-1', {
      spec: { hostAliases: [{ ip: '192.0.2.7', hostnames: ['legacy.example'] }] },
    });
    const answer = await askRecording('legacy.example --from front-1 -n shop', [...shop, front]);
    expect(answer).toMatchObject({ verdict: 'healthy', exit: 0 });
  });

  it('is sound where pods need not be: servers of EKS Auto Mode run on the nodes', async () => {
    const sound = node('n1');
    const labels = { 'eks.amazonaws.com/compute-type': 'auto' };
    const auto = { ...sound, metadata: { ...sound.metadata, labels } };
    expect(await askRecording('web.shop', [...shop, auto])).toMatchObject({ verdict: 'healthy', exit: 0 });
  });

  it('is sound with the servers in the recording, and where they were asked', async () => {
    expect(await askRecording('web.shop', [...shop, ...dnsObjects()])).toMatchObject({ verdict: 'healthy', exit: 0 });
    const asked = await askNetdns('web.shop -n shop', [...shop, ...dnsObjects()], live([ZONE, ZONE]));
    expect(asked).toMatchObject({ verdict: 'healthy', exit: 0 });
  });
});

describe('a namespace that is not there', () => {
  it.each(['records web', 'records pod/web-1', 'resolvconf web-1', 'explain-search web --from web-1'])(
    'is told with the nearest: %s',
    async (line) => {
      const run = await runCli(netdns, `${line} -n shopp --snapshot -`, {
        stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: shop }),
      });
      expect(run).toMatchObject({ exit: 3, stdout: '' });
      expect(run.stderr).toContain('could not be read\nthere is no namespace shopp; nearest: shop');
    },
  );
});

describe('records that were not seen', () => {
  it('are not none: a headless Service without its slices', async () => {
    const answer = await askRecording('records db', [namespace('shop'), db]);
    expect(answer).toMatchObject({ verdict: 'unknown', exit: 3 });
    expect(answer.notChecked[0]?.reason).toContain('EndpointSlices were not collected');
  });

  it('are told of where others are listed', async () => {
    const answer = await askRecording('records --all -n shop', [namespace('shop'), web, db]);
    expect(answer.notChecked[0]?.reason).toContain('EndpointSlices were not collected');
  });

  it('are not none in a namespace that is not there', async () => {
    const answer = await askRecording('records --all -n shopp', shop);
    expect(answer).toMatchObject({ verdict: 'unknown', exit: 3 });
    expect(answer.headline).toContain('there is no namespace shopp; nearest: shop');
  });

  it('are no doubt of a Service with an address, of an alias and of a headless one whose slices are there', async () => {
    const alias = service('old', { type: 'ExternalName', externalName: 'a.example', clusterIP: '' });
    const lists = [namespace('shop'), web, alias];
    expect(await askRecording('records web', lists)).toMatchObject({ verdict: 'healthy', notChecked: [] });
    expect(await askRecording('records --all -n shop', lists)).toMatchObject({ verdict: 'healthy', notChecked: [] });
    const slices = slicesFor(db, [pod('db-1', { ip: '10.244.0.8', labels: { app: 'db' } })]);
    expect(await askRecording('records db', [namespace('shop'), db, ...slices])).toMatchObject({
      verdict: 'healthy',
      notChecked: [],
    });
  });
});
