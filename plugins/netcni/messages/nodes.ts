import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

/** CNI201 to CNI219: the nodes themselves, and kube-proxy on them. */
export const nodeMessages = defineMessages({
  CNI201: message<{ nodes: string; first: string; since: string; said: string; going: string }>({
    slug: 'kubelet-silent',
    severity: 'critical',
    rung: 5,
    title: 'the kubelet of a node does not answer',
    summary: ({ nodes, since, said, going }) => `${nodes} NotReady${since}: the kubelet is silent (${said})${going}`,
    explain:
      'The node controller has heard nothing from the kubelet for longer than its grace period (40 s). The node is off or cut off from the API server, or the ' +
      'kubelet stopped. What else is wrong on the node, its agents and pods, follows from this and cannot be judged from outside.\n' +
      'Look at the machine first (is it up, is its link up), then at the service: systemctl status kubelet, journalctl -u kubelet -n 50.',
    fixes: ({ first }) => [
      { title: 'see when it was last heard of', command: `kubectl describe node ${first}`, risk: 'none' },
      {
        title: 'on the node: start the kubelet again',
        command: 'systemctl restart kubelet && journalctl -u kubelet -n 30',
        risk: 'low',
      },
    ],
  }),
  CNI202: message<{ nodes: string; first: string; reason: string; said: string }>({
    slug: 'node-not-ready',
    severity: 'critical',
    rung: 6,
    title: 'a node is not ready for a reason beside the network',
    summary: ({ nodes, reason, said }) => `${nodes} NotReady (${reason}): ${said}`,
    explain:
      'The kubelet answers and says why it cannot run pods. This is not the network: container runtime down, disk, certificates. The network of the node cannot ' +
      'be sound before it is mended.',
    fixes: ({ first }) => [
      { title: 'read its conditions and events', command: `kubectl describe node ${first}`, risk: 'none' },
    ],
  }),
  CNI203: message<{ nodes: string; many: boolean; first: string; said: string; byHand: readonly Fix[] }>({
    slug: 'node-network-not-ready',
    severity: 'critical',
    rung: 26,
    title: 'the kubelet says that the pod network of its node is not ready',
    summary: ({ nodes, many, said, byHand }) =>
      `${nodes} NotReady because ${many ? 'their' : 'its'} pod network is not set up${
        byHand.length > 0 ? ', and no agent writes the configuration' : ''
      }: ${said}`,
    explain:
      'The container runtime finds no network configuration that it can use in /etc/cni/net.d. The agent of the network plugin writes that file when it has ' +
      'started on the node, so look at the agent on this node first. Where there is none, the file was written by hand or by whatever set up the machine: it is gone, empty, or no JSON (containerd passes over what it cannot parse, and says so in its log).',
    fixes: ({ first, byHand }) =>
      byHand.length > 0
        ? byHand
        : [
            {
              title: `see which agents run on node ${first}`,
              command: `kubectl get pods -A -o wide --field-selector spec.nodeName=${first}`,
              risk: 'none',
            },
          ],
  }),
  CNI204: message<{ node: string; behind: string }>({
    slug: 'heartbeat-late',
    severity: 'warning',
    confidence: 'likely',
    rung: 7,
    title: 'the heartbeat of a node is late',
    summary: ({ node, behind }) =>
      `the lease of node ${node} was last renewed ${behind} before that of the other nodes`,
    explain:
      'A kubelet renews its lease in kube-node-lease every 10 seconds; after 40 seconds without one the node becomes NotReady. A late one shows a kubelet that has ' +
      'just stopped, one that reaches the API server with difficulty, or a clock on the node that is behind.',
    fixes: ({ node }) => [
      {
        title: 'look at the lease again',
        command: `kubectl get lease -n kube-node-lease ${node} -o yaml`,
        risk: 'none',
      },
    ],
  }),
  CNI205: message<{ node: string; skew: string; way: string }>({
    slug: 'clock-skew',
    severity: 'warning',
    confidence: 'likely',
    rung: 42,
    title: 'the clock of a node is wrong',
    summary: ({ node, skew, way }) => `the clock of node ${node} is ${skew} ${way} the others`,
    explain:
      'The times that the kubelet writes (its lease) differ from those of all other nodes while the node counts as Ready. A wrong clock makes certificates and tokens ' +
      'seem not yet or no longer valid, so agents on the node cannot speak to the API server, and makes logs lie. Check the time service: timedatectl, chronyc tracking.',
  }),
  CNI206: message<{ nodes: string; mode: string; needs: string; have: string }>({
    slug: 'kernel-too-old',
    severity: 'warning',
    confidence: 'likely',
    rung: 13,
    title: 'the kernel of a node is too old for the mode in use',
    summary: ({ nodes, mode, needs, have }) => `${mode} needs a kernel ${needs} or newer; ${have} on ${nodes}`,
    explain:
      'The feature is switched on for the whole cluster, and the kernel of these nodes does not have what it is built on. The agent then refuses to start, or falls back ' +
      'to another way without saying so loudly. Kernels that a distribution changed (RHEL) are left out of this judgement, because they carry newer code.',
  }),
  CNI207: message<{ pods: string; port: string; holder: string }>({
    slug: 'host-port-taken',
    severity: 'warning',
    rung: 35,
    title: 'a host port is wanted twice',
    summary: ({ pods, port, holder }) => `${pods} cannot be placed: host port ${port} is taken by ${holder}`,
    explain:
      'A hostPort, like every port of a pod with hostNetwork, exists once on each node. The scheduler places no second pod that wants it there. Give one of them another ' +
      'port, or use a Service instead of a hostPort.',
    fixes: () => [
      {
        title: 'see all host ports and who has them',
        command: `kubectl get pods -A -o custom-columns='POD:.metadata.name,NODE:.spec.nodeName,PORTS:.spec.containers[*].ports[*].hostPort' | grep -v '<none>'`,
        risk: 'none',
      },
    ],
  }),
  CNI208: message<{ nodes: string; set: string; why: string; fix: string; undo: string }>({
    slug: 'kube-proxy-missing',
    severity: 'critical',
    rung: 18,
    title: 'kube-proxy does not run on a node',
    summary: ({ nodes, why }) => `kube-proxy does not run on ${nodes}: ${why}`,
    explain:
      'Without kube-proxy, or something that does its work, a node knows no Services: ClusterIPs, the DNS among them, do not answer from there, and node ports are closed. ' +
      'Rules that an earlier kube-proxy left stay as they were and grow stale.',
    fixes: ({ fix, undo }) => [
      { title: 'let it run there', command: fix, risk: 'low', ...(undo === '' ? {} : { undo }) },
    ],
  }),
  CNI209: message<{
    nodes: string;
    reason: string;
    why: string;
    namespace: string;
    pod: string;
    fix: readonly Fix[];
  }>({
    slug: 'kube-proxy-not-ready',
    severity: 'critical',
    rung: 19,
    title: 'kube-proxy does not work on a node',
    summary: ({ nodes, reason, why }) =>
      `kube-proxy does not work on ${nodes}: ${reason}${why === '' ? '' : `; ${why}`}`,
    explain:
      'The rules that kube-proxy wrote before stay in the kernel and serve on, so running Services go on answering; every change since then (pods that moved, new Services) is ' +
      'unknown on the node. A broken ConfigMap kube-proxy, a mode whose kernel modules are missing, and an API server that it cannot reach are the usual causes.',
    fixes: ({ namespace, pod, fix }) => [
      ...fix,
      { title: 'read its log', command: `kubectl logs -n ${namespace} ${pod} --tail=50`, risk: 'none' },
    ],
  }),
  CNI210: message<{ title: string; setting: string; gone: boolean }>({
    slug: 'nobody-serves-services',
    severity: 'critical',
    confidence: 'likely',
    rung: 18,
    covers: ['CNI114'],
    title: 'neither kube-proxy nor a replacement is there',
    summary: ({ title, setting, gone }) =>
      gone
        ? `kube-proxy is gone from all nodes (${setting}), and ${title} does not do its work: nobody follows changes of Services`
        : `there is no kube-proxy, and ${title} is not set to replace it (${setting})`,
    explain:
      'Somebody has to turn ClusterIPs into pod addresses on every node. kube-proxy was left out or deleted, and the network plugin does that work only when it is told to ' +
      '(Cilium: kube-proxy-replacement: true; Calico: bpfEnabled: true). Until one of the two is mended Services do not answer from pods, ' +
      'but for those whose rules an earlier kube-proxy left on the nodes.',
    fixes: ({ gone }) =>
      gone
        ? [
            {
              title: 'on a control-plane node of a kubeadm cluster: install it again',
              command:
                "kubectl get cm kubeadm-config -n kube-system -o jsonpath='{.data.ClusterConfiguration}' > kubeadm.yaml && kubeadm init phase addon kube-proxy --config kubeadm.yaml",
              risk: 'low',
              undo: 'kubectl delete daemonset kube-proxy -n kube-system',
            },
          ]
        : [],
  }),
  CNI211: message<{ title: string; setting: string; namespace: string; set: string }>({
    slug: 'kube-proxy-beside-replacement',
    severity: 'info',
    rung: 46,
    title: 'kube-proxy runs although the plugin replaces it',
    summary: ({ title, setting }) => `kube-proxy runs although ${title} does its work (${setting})`,
    explain:
      'Both write rules for the same Services. It works, since the plugin acts earlier on the way of a packet, but costs memory and CPU on every node, and what one sees in ' +
      'iptables is not what is in force. During a change from one to the other it is the normal state.',
  }),
  CNI212: message<{ node: string; what: string; pod: string; namespace: string; fix: readonly Fix[] }>({
    slug: 'kube-proxy-hangs',
    severity: 'critical',
    rung: 19,
    title: 'kube-proxy of a node hangs',
    summary: ({ node, what }) => `kube-proxy of node ${node} hangs: ${what}`,
    explain:
      'The rules it wrote stay in the kernel, so the node goes on serving what was true then: pods that moved since are asked at their old addresses, new Services do not answer from there. ' +
      'Its pod counts as ready, because kube-proxy usually has no probe. Its health page (port 10256) is written by the process itself: 503 when changes have waited for too long, and no answer at all from a process that is ' +
      'stopped or blocked. A new kube-proxy writes all rules anew.\nWhat proves it from the node: iptables-save or nft list ruleset, given to kubectl netcni rules.',
    fixes: ({ pod, namespace, fix }) =>
      pod === ''
        ? []
        : [
            ...fix,
            {
              title: 'start it anew',
              command: `kubectl delete pod -n ${namespace} ${pod}`,
              risk: 'low',
            },
            { title: 'or read its log first', command: `kubectl logs -n ${namespace} ${pod} --tail=50`, risk: 'none' },
          ],
  }),
  CNI213: message<{ nodes: string; what: string; value: string; fix: Fix }>({
    slug: 'node-identity-shared',
    severity: 'critical',
    rung: 7,
    covers: ['CNI401', 'CNI408', 'CNI606'],
    title: 'two nodes have the same address or identity',
    summary: ({ nodes, what, value }) => `${nodes} have the same ${what} ${value}: packets for one reach the other`,
    explain:
      'Others find a node, and the pods on it, by its address and by the name its network agent has made for it. With one of them on two nodes, one of the two wins and which one changes: pods of the other are cut off, and kubectl logs and exec ask the wrong machine.\n' +
      'It comes from machines that were cloned after they had joined, from an interface that has the same address everywhere (10.0.2.15 in Vagrant) and from addresses given by hand. Two nodes that are Ready at once and say the same address are no leftover.',
    fixes: ({ fix }) => [{ title: 'compare the nodes', command: 'kubectl get nodes -o wide', risk: 'none' }, fix],
  }),
  CNI214: message<{ nodes: string; many: boolean; first: string; name: string; meaning: string; said: string }>({
    slug: 'node-problem-reported',
    severity: 'warning',
    rung: 16,
    title: 'a watcher on a node reports a problem',
    summary: ({ nodes, many, name, meaning, said }) =>
      `${nodes} ${many ? 'report' : 'reports'} ${name}: ${meaning}${said === '' ? '' : ` ("${said}")`}`,
    explain:
      'node-problem-detector and the monitoring agents of clouds read the kernel log and settings of their node, and write what they find as events and conditions. They see what objects do not show: a full table of connections, two kinds of iptables in use, ' +
      'a kernel that does not let go of interfaces. It is their word, not ours.\nWhat proves it, from the node: dmesg -T, sysctl net.netfilter, iptables-save; kubectl netcni rules reads the last two.',
    fixes: ({ first }) => [
      { title: 'read all of its conditions and events', command: `kubectl describe node ${first}`, risk: 'none' },
    ],
  }),
  CNI215: message<{
    nodes: string;
    names: string;
    key: string;
    words: string;
    lifter: string;
    why: string;
    fix: Fix;
  }>({
    slug: 'start-taint-stays',
    severity: 'critical',
    rung: 8,
    title: 'a node keeps the taint of its start',
    summary: ({ nodes, key, lifter, why }) =>
      `${nodes} ${nodes.startsWith('nodes ') ? 'keep' : 'keeps'} the taint ${key}, which ${lifter} should have lifted${why}: ordinary pods stay away`,
    explain:
      'A node starts with this taint so that nothing is put on it before the cloud (or whoever made the machine) has said what it is: its addresses, zone and providerID. Only pods that tolerate the taint come there, so DNS servers and applications wait, ' +
      'and a network plugin that does not tolerate it never starts.\n' +
      'node.cloudprovider.kubernetes.io/uninitialized comes from kubelets that run with --cloud-provider=external and goes when the cloud controller manager has found the machine: it must run (managed clouds run it outside of the cluster), tolerate the taint itself, ' +
      'have valid credentials, and know the machine by the name of the node. Where no cloud is meant, leave the flag out and take the taint off by hand.',
    fixes: ({ names, key, words, fix }) => [
      fix,
      {
        title: 'or take it off by hand, where nobody is meant to do it: the node then has no providerID',
        command: `kubectl taint nodes ${names} ${key}-`,
        risk: 'low',
        undo: `kubectl taint nodes ${names} ${words}`,
      },
    ],
  }),
});
