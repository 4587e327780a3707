import { describe, expect, it } from 'vitest';
import type { KubeObject, Node } from '../../../shared/model/objects.ts';
import { ask, silent, without } from '../testing/ask-rules.ts';
import { cluster } from '../testing/node-cluster.ts';
import { HEALTHY_LINKS } from '../testing/node-tools.ts';

/** Bridges on the nodes and routes by hand: no agent, no annotations. */
const plain = cluster.map(
  (object): KubeObject =>
    object.kind === 'Node' ? { ...object, metadata: { ...object.metadata, annotations: {} } } : object,
);
const ROUTES = `default via 10.1.0.1 dev eth0
10.1.0.0/24 dev eth0 proto kernel scope link src 10.1.0.11
10.244.0.0/24 dev cni0 proto kernel scope link src 10.244.0.1
10.244.1.0/24 via 10.1.0.12 dev eth0
`;
const LOST = without(ROUTES, '10.244.1.0/24');

function inCloud(provider: string): readonly KubeObject[] {
  return plain.map((object) =>
    object.kind === 'Node'
      ? ({ ...object, spec: { ...(object as Node).spec, providerID: `${provider}:///zone/i-1` } } as KubeObject)
      : object,
  );
}

describe('nodes that are joined by hand', () => {
  it('are sound with a route to each other', async () => {
    expect(await ask(ROUTES, plain)).toMatchObject(silent);
  });

  it('a route that is gone is told with the line that brings it back; a router might know the way', async () => {
    const answer = await ask(LOST, plain);
    expect(answer).toMatchObject({ codes: ['CNI830'], verdict: 'degraded' });
    expect(answer.headline).toContain('10.1.0.1, and arrive only if that router knows the way');
    expect(answer.text).toContain('ip route add 10.244.1.0/24 via 10.1.0.12');
    expect(answer.text).toContain('ip route del 10.244.1.0/24');
  });

  it('without a default route it is certain', async () => {
    const answer = await ask(without(LOST, 'default'), plain);
    expect(answer).toMatchObject({ codes: ['CNI830', 'CNI833'], verdict: 'broken' });
    expect(answer.text).toContain('ip route add 10.96.0.10 dev eth0');
  });

  it('a cloud may carry the ranges itself', async () => {
    expect(await ask(LOST, inCloud('gce'))).toMatchObject(silent);
    expect((await ask(LOST, inCloud('vsphere'))).codes).toEqual(['CNI830']);
  });

  it('a router of the network may be the next hop, an address where nobody answers not', async () => {
    const routed = ROUTES.replace('via 10.1.0.12', 'via 10.1.0.2');
    expect(await ask(routed, plain)).toMatchObject(silent);
    expect(await ask(`${routed}10.1.0.2 dev eth0 lladdr 02:00:00:00:00:22 STALE\n`, plain)).toMatchObject(silent);
    const answer = await ask(`${routed}10.1.0.2 dev eth0 FAILED\n`, plain);
    expect(answer).toMatchObject({ codes: ['CNI831'], verdict: 'broken' });
    expect(answer.text).toContain('ip route replace 10.244.1.0/24 via 10.1.0.12');
    expect(answer.text).toContain('ip route replace 10.244.1.0/24 via 10.1.0.2 dev eth0');
  });

  it.each([
    ['joined by hand', plain],
    ['of Flannel', cluster],
  ])('the address of the bridge taken away, on nodes %s', async (_, objects) => {
    const answer = await ask(`${without(ROUTES, 'cni0')}${HEALTHY_LINKS}`, objects);
    expect(answer).toMatchObject({ codes: ['CNI832'], verdict: 'broken' });
    expect(answer.headline).toContain('shop/client');
    expect(answer.text).toContain('cni0 has no address; the range of the node is 10.244.0.0/24');
    const moved = HEALTHY_LINKS.replace('bridge forward_delay', 'inet 10.244.9.1/24 scope global cni0\n    $&');
    const other = await ask(`${without(ROUTES, 'cni0')}${moved}`, objects);
    expect(other.text).toContain('cni0 has 10.244.9.1/24');
  });

  it('a list of routes that was cut short proves nothing', async () => {
    expect(await ask('10.244.1.0/24 via 10.1.0.12 dev eth0\n', plain)).toMatchObject(silent);
  });
});
