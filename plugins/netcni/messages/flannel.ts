import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

/** CNI601 to CNI619: Flannel, by itself, inside K3s or as a part of Canal. */
export const flannelMessages = defineMessages({
  CNI601: message<{ place: string; what: string }>({
    slug: 'flannel-configuration-broken',
    severity: 'critical',
    rung: 9,
    title: 'Flannel’s configuration cannot be read',
    summary: ({ what }) => `Flannel's configuration is broken: net-conf.json ${what}`,
    explain:
      'flanneld reads net-conf.json once, when it starts. Agents that run keep what they read; every one that starts from now on ends at once, so nodes fall out one after the other. Mend the JSON in the ConfigMap, then restart the DaemonSet.',
    fixes: ({ place }) => [{ title: 'mend it', command: `kubectl edit ${place}`, risk: 'low' }],
  }),
  CNI602: message<{ network: string; cluster: string; where: string }>({
    slug: 'flannel-network-differs',
    severity: 'warning',
    rung: 10,
    covers: ['CNI303'],
    title: 'Flannel’s Network is not the cluster’s pod range',
    summary: ({ network, cluster, where }) =>
      `Flannel's Network ${network} does not hold the pod range ${cluster} of ${where}`,
    explain:
      'The controller manager gives nodes their podCIDR out of its --cluster-cidr; Flannel refuses to start on a node whose podCIDR lies outside its Network, and masquerades pods it takes for strangers. The first node to get a piece ' +
      'outside has no network. Set Network in kube-flannel-cfg to the cluster range and restart the DaemonSet.',
  }),
  CNI603: message<{ nodes: string; missing: string; fix: readonly Fix[] }>({
    slug: 'flannel-annotations-missing',
    severity: 'critical',
    confidence: 'likely',
    rung: 15,
    title: 'a node lacks Flannel’s annotations',
    summary: ({ nodes, missing }) =>
      `${nodes} without Flannel's annotations (${missing}): other nodes do not know the way to its pods`,
    explain:
      'Each flanneld writes the address and the tunnel’s end of its node into annotations; the others read them there. A node without them is left out by every flanneld that starts or updates from now on. They are written when flanneld ' +
      'starts: deleting its pod on this node brings them back.',
    fixes: ({ fix }) => fix,
  }),
  CNI604: message<{ node: string; told: string; real: string; beside: string; fix: readonly Fix[] }>({
    slug: 'flannel-address-stale',
    severity: 'critical',
    confidence: 'likely',
    rung: 15,
    title: 'Flannel announces an address that the node does not have',
    summary: ({ node, told, real, beside }) =>
      beside === ''
        ? `Flannel sends packets for pods of node ${node} to ${told}, but the node has ${real}`
        : `node ${node} tells Kubernetes that its address is ${real}, while its Flannel uses ${told}, in one network with node ${beside}: one of the two is wrong`,
    explain:
      'The annotation flannel.alpha.coreos.com/public-ip tells the other nodes where the tunnel ends. It is written when flanneld starts and stays when the address of the node changes, or when flanneld chose another interface (--iface) than ' +
      'Kubernetes. An address on a network that the nodes share is a choice; one that is gone cuts the node off. Restart flanneld there.\n' +
      'Where the announced address is right, the kubelet chose the wrong interface: kubectl logs and exec, pods with hostNetwork and node ports of that node do not work until it is started with --node-ip.',
    fixes: ({ node, told, beside, fix }) => [
      ...(beside === ''
        ? []
        : [
            {
              title: `on node ${node}, if it has ${told} (ip addr): tell the kubelet so, in KUBELET_EXTRA_ARGS`,
              command: `--node-ip=${told}`,
              risk: 'low' as const,
            },
          ]),
      ...fix.map((one) => (beside === '' ? one : { ...one, title: `if not: ${one.title}` })),
      { title: 'see all of its annotations', command: `kubectl get node ${node} -o yaml | grep flannel`, risk: 'none' },
    ],
  }),
  CNI605: message<{ types: string; fix: readonly Fix[] }>({
    slug: 'flannel-backends-differ',
    severity: 'critical',
    rung: 14,
    title: 'nodes use different Flannel backends',
    summary: ({ types }) => `nodes use different Flannel backends: ${types}`,
    explain:
      'A flanneld only makes routes to nodes of its own backend. After Backend.Type was changed in kube-flannel-cfg the DaemonSet has to be restarted everywhere; until then nodes of the two kinds cannot reach each other’s pods.',
    fixes: ({ fix }) => fix,
  }),
  CNI606: message<{ nodes: string; both: string; address: string; fix: readonly Fix[] }>({
    slug: 'flannel-address-shared',
    severity: 'critical',
    rung: 15,
    title: 'two nodes announce the same address to Flannel',
    summary: ({ nodes, both, address }) =>
      `${nodes} ${both} announce ${address} to Flannel: packets for pods of one reach another`,
    explain:
      'flanneld picks the interface of the default route. On machines whose first interface has the same address everywhere (Vagrant’s 10.0.2.15) all nodes announce it. Give flanneld the right interface with --iface or --iface-regex.',
    fixes: ({ fix }) => fix,
  }),
  CNI607: message<{ setting: string; proxy: string }>({
    slug: 'flannel-and-proxy-tables-differ',
    severity: 'info',
    rung: 48,
    title: 'Flannel and kube-proxy write to different tables',
    summary: ({ setting, proxy }) => `Flannel writes nftables (${setting}) and kube-proxy ${proxy}`,
    explain:
      'Each set of rules is evaluated by itself, so an accept in one does not save a packet from a drop in the other. It works as long as neither drops; where packets vanish, look at both: kubectl netcni rules reads either dump.',
  }),
  CNI608: message<{ wanted: string; type: string; nodes: string; fix: readonly Fix[] }>({
    slug: 'flannel-backend-outdated',
    severity: 'warning',
    rung: 38,
    title: 'Flannel’s backend was changed and is not in force',
    summary: ({ wanted, type, nodes }) =>
      `Flannel is configured for the backend ${wanted}, and ${nodes} still use ${type}`.replace(
        /(node [^ ]+) still use /,
        '$1 still uses ',
      ),
    explain:
      'flanneld reads net-conf.json once, when it starts. All nodes still agree, so packets pass; the first agent that restarts, or a node that joins, takes the new backend and is cut off from the others. ' +
      'Restart all agents in one go, in a quiet hour, or put the former Type back. Where the new backend leaves another MTU, pods have to be made anew afterwards.',
    fixes: ({ fix }) => fix,
  }),
  CNI609: message<{ nodes: string; mac: string; node: string; clones: boolean; fix: readonly Fix[] }>({
    slug: 'flannel-tunnel-mac-shared',
    severity: 'critical',
    rung: 15,
    title: 'nodes share the hardware address of Flannel’s tunnel',
    summary: ({ nodes, mac }) => `${nodes} have the same VtepMAC ${mac}: packets for pods of one reach the other`,
    explain:
      'Other nodes tell the tunnels apart by the hardware address of flannel.1. Machines cloned from one image with its /etc/machine-id may get the same one, because systemd derives it from that id. ' +
      'flanneld takes the address it finds in the annotation again, so that has to go as well before the agent starts anew.',
    fixes: ({ node, clones, fix }) => [
      ...(clones
        ? [
            {
              title: `on node ${node}: give it a machine id of its own`,
              command: 'mv /etc/machine-id /etc/machine-id.before && systemd-machine-id-setup',
              risk: 'low' as const,
              undo: 'mv /etc/machine-id.before /etc/machine-id',
            },
          ]
        : []),
      {
        title: 'forget the address',
        command: `kubectl annotate node ${node} flannel.alpha.coreos.com/backend-data- flannel.alpha.coreos.com/backend-v6-data-`,
        risk: 'low',
      },
      { title: `on node ${node}: take the tunnel away`, command: 'ip link delete flannel.1', risk: 'high' },
      ...fix,
    ],
  }),
});
