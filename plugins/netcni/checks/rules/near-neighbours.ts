import type { Neighbour } from '../../../../shared/datapath/dump/neighbours.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { nodeAddresses } from '../../../../shared/datapath/nodes.ts';
import { lookUp } from '../../../../shared/datapath/route-lookup.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import { isFinished, isTerminating, podAddresses, podKey } from '../../../../shared/model/pods.ts';
import { downNodes } from '../../facts/nodes.ts';
import { rulesPacketsMessages as messages } from '../../messages/rules-packets.ts';
import { about, isPodBridge, place, where } from './words.ts';

/** What the kernel writes when nobody answers its question for a hardware address (neighbour(9), ip-neighbour(8)). */
const MUTE = /^(FAILED|INCOMPLETE)$/;
const YOUNG_MS = 60_000;

/** Other nodes, and pods in the bridge of the node, that do not answer when asked for their hardware address. */
export const nearNeighbours = defineCheck<NodeDumps>({
  id: 'netcni/near-neighbours',
  group: 'neighbours',
  needs: [],
  uses: ['Node', 'Pod'],
  applies: ({ neighbours, node }) => neighbours !== undefined && node !== undefined,
  run: (dumps, { index, now }) => {
    const whose = new Map<string, string>();
    for (const [address, name] of nodeAddresses(index)) {
      if (name !== dumps.node && !downNodes(index).has(name)) whose.set(address, `node ${name}`);
    }
    for (const pod of index.list('Pod')) {
      if (pod.spec?.nodeName !== dumps.node || pod.spec?.hostNetwork === true) continue;
      if (pod.status?.phase !== 'Running' || isFinished(pod) || isTerminating(pod)) continue;
      if (!(now - Date.parse(pod.status?.startTime ?? '') > YOUNG_MS)) continue;
      for (const address of podAddresses(pod)) whose.set(address, `pod ${podKey(pod)}`);
    }
    return mute(dumps).flatMap((entry): readonly Finding[] => {
      const who = whose.get(entry.address);
      return who === undefined || !isAskedThere(dumps, entry, who) ? [] : [tell(dumps, entry, who)];
    });
  },
});

/** Entries without an answer on any interface: an address may have been asked for on a wrong one as well. */
function mute({ neighbours = [] }: NodeDumps): readonly Neighbour[] {
  const heard = new Set(neighbours.filter(({ mac }) => mac !== undefined).map(({ address }) => address));
  return neighbours.filter(({ address, state }) => MUTE.test(state) && !heard.has(address));
}

/** A pod is asked for in its bridge, a node where the route to it leads. */
function isAskedThere(dumps: NodeDumps, { address, device }: Neighbour, who: string): boolean {
  if (who.startsWith('pod ')) return isPodBridge(device);
  const route = lookUp(dumps.routes ?? [], address);
  return route === undefined || (route.hops[0]?.device === device && route.hops[0]?.via === undefined);
}

function tell(dumps: NodeDumps, { address, device, state, line }: Neighbour, who: string): Finding {
  const dump = dumps.files.flatMap((file) => file.dumps).find(({ kind }) => kind === 'neighbours');
  const node = who.startsWith('node ');
  return messages.CNI841.raise({
    ...about(dumps),
    args: {
      where: where(dumps),
      who,
      address,
      device,
      effect: node ? 'no packet can go there directly' : 'that pod reaches nobody, and nobody reaches it',
      fix: node
        ? [
            {
              title: `on ${where(dumps)}: forget the entry, ask anew and look`,
              command: `ip neigh del ${address} dev ${device}; ping -c1 -W1 ${address}; ip neigh show ${address}`,
              risk: 'none',
            },
          ]
        : [
            {
              title: 'make the pod anew: it gets a new interface',
              command: `kubectl delete pod ${who.split('/')[1] ?? ''} -n ${who.slice(4).split('/')[0] ?? ''}`,
              risk: 'low',
            },
          ],
    },
    evidence: [{ fact: `${address} dev ${device} ${state}`, source: `${place(dumps, dump, line)} ip neigh` }],
  });
}
