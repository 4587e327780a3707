import { defineMessages, message } from '../../../shared/messages/define-messages.ts';

/** CNI308 to CNI311, CNI318 and CNI319: pools of addresses, their blocks, and who claims them. */
export const poolMessages = defineMessages({
  CNI308: message<{ pools: string; state: string; used: number; total: number; waiting: string; when: string }>({
    slug: 'address-pool-used-up',
    severity: 'critical',
    rung: 19,
    title: 'an address pool is used up',
    summary: ({ pools, state, used, total, waiting, when }) =>
      `${pools} ${state}: ${used} of ${total} addresses${waiting}${when}`,
    explain:
      'Every address of the pool is given out, or every block of it belongs to some node. New pods that need one hang in ContainerCreating. Look for leaked addresses first (kubectl netcni ipam), then ' +
      'add a pool (a second IPPool with another cidr is used at once; it must lie within what kube-proxy and the routers take for pod addresses).',
    fixes: () => [{ title: 'see pools, blocks and leaks', command: 'kubectl netcni ipam', risk: 'none' }],
  }),
  CNI309: message<{ nodes: string; why: string }>({
    slug: 'no-pool-for-node',
    severity: 'critical',
    rung: 10,
    title: 'no address pool is for this node',
    summary: ({ nodes, why }) => `no Calico IPPool serves ${nodes}: ${why}`,
    explain:
      'Calico gives a node addresses from enabled IPPools whose nodeSelector matches the labels of the node. None does here: a label of the node or the selector of the pool was changed, or the pool was ' +
      'disabled (which is how a pool is emptied during a migration, after another has been made).',
    fixes: () => [
      {
        title: 'compare selectors with labels',
        command:
          "kubectl get ippools.crd.projectcalico.org -o custom-columns='POOL:.metadata.name,CIDR:.spec.cidr,DISABLED:.spec.disabled,NODES:.spec.nodeSelector'",
        risk: 'none',
      },
      { title: 'and with the nodes', command: 'kubectl get nodes --show-labels', risk: 'none' },
    ],
  }),
  CNI310: message<{ count: number; nodes: string; example: string; share: number }>({
    slug: 'addresses-leaked',
    severity: 'warning',
    confidence: 'likely',
    rung: 43,
    title: 'addresses are given out to pods that are gone',
    summary: ({ count, nodes, example }) =>
      `${count} pod addresses on ${nodes} belong to pods that are gone, such as ${example}`,
    explain:
      'The block says that the address is in use, and no such pod exists. calico-kube-controllers takes such addresses back after a while (leakGracePeriod 15m), so many of them show that it does not run ' +
      'or cannot read pods. They lower what is left for new pods. Proof, and release: calicoctl ipam check --show-problem-ips -o report.json, then calicoctl ipam release --from-report=report.json.',
    fixes: () => [
      {
        title: 'see whether the clean-up runs',
        command: 'kubectl get pods -A -l k8s-app=calico-kube-controllers',
        risk: 'none',
      },
    ],
  }),
  CNI311: message<{ count: number; nodes: string; blocks: string; state: string }>({
    slug: 'blocks-of-gone-nodes',
    severity: 'warning',
    rung: 43,
    title: 'address blocks belong to nodes that are gone',
    summary: ({ count, nodes, blocks, state }) =>
      `${count === 1 ? 'an address block' : `${count} address blocks`} (${blocks}) of ${nodes} ${state}`,
    explain:
      'A block stays with its node until it is empty and released. When a node was removed without its pods, or the clean-up (calico-kube-controllers) does not run, the block is lost for the others, and routes ' +
      'to it lead nowhere. It is released by: calicoctl ipam check -o report.json, then calicoctl ipam release --from-report=report.json.',
  }),
  CNI318: message<{ cidr: string; what: string; first: string }>({
    slug: 'block-claims-differ',
    severity: 'warning',
    confidence: 'likely',
    rung: 21,
    title: 'a claim on an address block does not go with the block',
    summary: ({ cidr, what }) => `Calico's block ${cidr} ${what}`,
    explain:
      'A node claims a block in a BlockAffinity first and in the IPAMBlock then. Where the two name different nodes both may give out its ' +
      'addresses, and routes lead to one of them. A claim that stays pending was broken off and is tried again with the next pod; one that ' +
      'stays pendingDeletion waits for the last address of the block. calicoctl ipam check tells all of them.',
    fixes: ({ first }) => [
      {
        title: 'see the claim',
        command: `kubectl get blockaffinities.crd.projectcalico.org ${first} -o yaml`,
        risk: 'none',
      },
    ],
  }),
  CNI319: message<{ count: number; example: string }>({
    slug: 'address-handles-leaked',
    severity: 'info',
    confidence: 'likely',
    rung: 47,
    title: 'handles of addresses that no block knows',
    summary: ({ count, example }) => `${count} of Calico's address handles belong to no address, such as ${example}`,
    explain:
      'Each pod has a handle that names the blocks it has addresses of. Handles without an address take no addresses away; they fill the ' +
      'datastore, and many of them show that clean-up does not run or was broken off. calicoctl ipam check --show-all-ips -o report.json finds ' +
      'them, calicoctl ipam release --from-report=report.json removes them.',
    fixes: () => [
      {
        title: 'see whether the clean-up runs',
        command: 'kubectl get pods -A -l k8s-app=calico-kube-controllers',
        risk: 'none',
      },
    ],
  }),
});
