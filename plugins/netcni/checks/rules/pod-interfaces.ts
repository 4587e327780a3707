import type { Link } from '../../../../shared/datapath/dump/links.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { isTerminating, podAddresses } from '../../../../shared/model/pods.ts';
import { joinNames, plural } from '../../../../shared/util/text.ts';
import { podsOn } from '../../facts/node-pods.ts';
import { rulesPacketsMessages as messages } from '../../messages/rules-packets.ts';
import { about, dumpOf, isPodBridge, place, where } from './words.ts';

/** Interfaces of pods and the bridge they belong to. */
export const podInterfaces = defineCheck<NodeDumps>({
  id: 'netcni/pod-interfaces',
  group: 'interfaces',
  needs: [],
  uses: ['Node', 'Pod'],
  applies: ({ links, node }) => node !== undefined && (links ?? []).some(({ name }) => isPodBridge(name)),
  run: (dumps, { index }) => [...unbridged(index, dumps), ...bridgeSizes(dumps)],
});

/**
 * Interfaces that lead into a pod and hang on nothing, while pods of the node outnumber those in the bridge: other
 * programs (docker, a second network) have such interfaces too.
 */
function unbridged(index: ClusterIndex, dumps: NodeDumps): readonly Finding[] {
  const { links = [], routes = [], node } = dumps;
  const pods = podsOn(index, node).filter((pod) => !isTerminating(pod) && podAddresses(pod).length > 0).length;
  const veths = links.filter(({ name, peerElsewhere }) => name.startsWith('veth') && peerElsewhere);
  const bridged = veths.filter(({ master }) => isPodBridge(master ?? '')).length;
  const used = new Set(routes.flatMap(({ hops }) => hops.map(({ device }) => device)));
  const loose = veths.filter(
    ({ name, master, addresses }) => master === undefined && addresses.every(isLinkLocal) && !used.has(name),
  );
  const [first] = loose;
  if (first === undefined || bridged >= pods) return [];
  const bridge = links.find(({ name }) => isPodBridge(name))?.name ?? 'cni0';
  const names = joinNames(
    loose.map(({ name }) => name),
    2,
  );
  return [
    messages.CNI842.raise({
      ...about(dumps),
      args: { where: where(dumps), links: names, count: loose.length, bridge, first: first.name },
      evidence: [
        ...loose.slice(0, 3).map((link) => ({ fact: `${link.name} without master`, source: lineOf(dumps, link) })),
        {
          fact: `${plural(pods, 'pod')} with an address on the node, ${plural(bridged, 'interface')} in ${bridge}`,
          source: 'Pods and ip link',
        },
      ],
    }),
  ];
}

function isLinkLocal(address: string): boolean {
  return address.toLowerCase().startsWith('fe80:');
}

/** The bridge against the interfaces in it: the kernel takes the smallest of theirs unless somebody sets another. */
function bridgeSizes(dumps: NodeDumps): readonly Finding[] {
  const { links = [] } = dumps;
  return links.flatMap((bridge): readonly Finding[] => {
    const ports = links.filter(
      ({ master, name }) => isPodBridge(bridge.name) && master === bridge.name && name.startsWith('veth'),
    );
    const sizes = ports.flatMap(({ mtu }) => mtu ?? []);
    if (bridge.mtu === undefined || sizes.length === 0) return [];
    const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
    if (bridge.mtu >= least && bridge.mtu <= most) return [];
    const small = bridge.mtu < least;
    const port = ports.find(({ mtu }) => mtu === (small ? least : most));
    return [
      messages.CNI844.raise({
        ...about(dumps),
        severity: small ? 'warning' : 'info',
        args: { where: where(dumps), bridge: bridge.name, mtu: bridge.mtu, pods: small ? least : most },
        evidence: [bridge, port].flatMap((link) =>
          link === undefined ? [] : [{ fact: `${link.name} MTU ${link.mtu}`, source: lineOf(dumps, link) }],
        ),
      }),
    ];
  });
}

function lineOf(dumps: NodeDumps, link: Link): string {
  const dump = dumpOf(dumps, 'links');
  return place(dumps, dump, link.line);
}
