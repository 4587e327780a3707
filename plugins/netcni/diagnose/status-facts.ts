import { detectNetwork } from '../../../shared/datapath/cni/detect.ts';
import { mtuSetup } from '../../../shared/datapath/cni/mtu-setup.ts';
import type { FoundPlugin, NetworkSetup, Told } from '../../../shared/datapath/cni/setup.ts';
import { overheadOf } from '../../../shared/datapath/mtu.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { isReady } from '../../../shared/model/pods.ts';
import { formatRef, nameOf, refOf } from '../../../shared/model/refs.ts';
import { detectEnforcement } from '../../../shared/policy/enforcement/enforcement.ts';
import { joinNames, plural } from '../../../shared/util/text.ts';
import { nodeAddresses } from '../facts/addresses.ts';
import { agentGroups, formatGroup } from '../facts/agents.ts';
import { poolUses } from '../facts/calico-blocks.ts';
import { nodeFacts } from '../facts/nodes.ts';
import { countedSubnets } from '../facts/subnets.ts';
import { unknownNetwork } from '../facts/unknown-network.ts';

/** One line of `status`. `source` is empty when the value was not to be read. */
export interface StatusFact {
  readonly name: string;
  readonly value: string;
  readonly source: string;
}

const NOT_KNOWN = 'not known';

/** What is known of the network, a line each, in a fixed order. */
export function statusFacts(index: ClusterIndex): readonly StatusFact[] {
  const setup = detectNetwork(index);
  return [
    ...pluginFacts(index, setup),
    ...agentFacts(index),
    encapsulation(index, setup.primary),
    mtu(index),
    told('encryption', setup.primary?.encryption, setup.primary === undefined ? NOT_KNOWN : 'none seen'),
    addresses(index, setup.primary),
    ...poolFacts(index),
    useOfAddresses(index),
    policy(index),
    kubeProxy(setup),
    ...ranges('pod ranges', setup.podRanges, nodeRanges(index)),
    ...ranges('service ranges', setup.serviceRanges, undefined),
    nodes(index),
    families(index, setup),
  ];
}

const IPAM_WORDS: Readonly<Record<string, string>> = {
  podCIDR: 'each node gives addresses of its own podCIDR',
  blocks: 'Calico gives nodes blocks of its pools',
  operator: 'the plugin’s operator gives nodes ranges',
  cloud: 'pods have addresses of the cloud’s network',
  own: 'the plugin by itself',
};

function fact(name: string, value: string, source: string): StatusFact {
  return { name, value, source };
}

function told(
  name: string,
  found: Told<string> | undefined,
  otherwise: string,
  words: Readonly<Record<string, string>> = {},
): StatusFact {
  return found === undefined ? fact(name, otherwise, '') : fact(name, words[found.value] ?? found.value, found.source);
}

function pluginFacts(index: ClusterIndex, { plugins, clash }: NetworkSetup): readonly StatusFact[] {
  if (plugins.length === 0) {
    const sets = index.seen('DaemonSet');
    if (sets.status !== 'ok') return [fact('plugin', NOT_KNOWN, '')];
    const network = unknownNetwork(index);
    if (network?.installer !== undefined) {
      const name = formatRef(refOf(network.installer, 'DaemonSet'));
      return [fact('plugin', `none that is known; ${name} installs one`, `${name} hostPath volumes`)];
    }
    return [fact('plugin', network?.byHand === true ? WITHOUT_AGENT : 'none that is known', 'DaemonSets, Nodes')];
  }
  return plugins.map((plugin) => {
    const { title, version, alive, chained, evidence, dataplane } = plugin;
    const notes = [
      ...(dataplane === undefined ? [] : [dataplane.value]),
      ...(chained === undefined ? [] : [`chained: ${chained.value}`]),
      ...(alive === 'leftover'
        ? ['left over: no agents']
        : alive === 'in-process'
          ? [plugin.name === 'AWS VPC CNI' ? 'a service of the machines' : 'inside the kubelet’s process']
          : []),
      ...(clash.includes(plugin) ? ['clashes'] : []),
    ];
    const words = `${title}${version === undefined ? '' : ` ${version.value}`}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
    return fact('plugin', words, evidence.map(({ fact: what, source }) => `${what}, ${source}`)[0] ?? '');
  });
}

function agentFacts(index: ClusterIndex): readonly StatusFact[] {
  return agentGroups(index).map((group) => {
    const wanted = group.sets.reduce((sum, { status }) => sum + (status?.desiredNumberScheduled ?? 0), 0);
    const ready =
      group.sets.length > 0
        ? group.sets.reduce((sum, { status }) => sum + (status?.numberReady ?? 0), 0)
        : group.pods.filter(isReady).length;
    return fact(
      'agents',
      `${group.title}: ${ready} of ${group.sets.length > 0 ? wanted : group.pods.length} ready`,
      `${formatGroup(group)} status`,
    );
  });
}

const WITHOUT_AGENT = 'none that is known, and no agent of one: set up on the nodes themselves';

function addresses(index: ClusterIndex, primary: FoundPlugin | undefined): StatusFact {
  return primary === undefined && unknownNetwork(index)?.podCIDR === true
    ? fact('addresses', 'each node gives addresses of its own podCIDR', 'Pods, Nodes spec.podCIDRs')
    : told('addresses', primary?.ipam, NOT_KNOWN, IPAM_WORDS);
}

function encapsulation(index: ClusterIndex, primary: FoundPlugin | undefined): StatusFact {
  const all = primary?.encapsulations ?? [];
  const [first] = all;
  if (first === undefined) {
    return primary === undefined && unknownNetwork(index)?.byHand === true
      ? fact('tunnel', 'no agent makes one; which routes there are, ip route on a node tells', '')
      : fact('tunnel', NOT_KNOWN, '');
  }
  const words = all.map(({ value: { wrapping, when, pool } }) => {
    const way =
      wrapping === 'none' ? 'none, routes' : when === 'crossSubnet' ? `${wrapping} between subnets` : wrapping;
    return pool === undefined || all.length === 1 ? way : `${way} (${pool})`;
  });
  return fact('tunnel', [...new Set(words)].join(', '), first.source);
}

function mtu(index: ClusterIndex): StatusFact {
  const found = mtuSetup(index);
  if (found === undefined) return fact('MTU', NOT_KNOWN, '');
  const { bytes } = overheadOf(found.setup);
  const takes = bytes === 0 ? 'nothing is wrapped' : `wrapping takes ${bytes} bytes`;
  const { mtu: configured } = found.plugin;
  return configured === undefined
    ? fact(
        'MTU',
        `not configured: the plugin reckons it from the nodes’ interfaces; ${takes}`,
        'no setting of it was found',
      )
    : fact('MTU', `${configured.value} configured; ${takes}`, configured.source);
}

function poolFacts(index: ClusterIndex): readonly StatusFact[] {
  const subnets = countedSubnets(index).filter(({ total }) => total > 0);
  const pools = poolUses(index).map(({ pool, cidr, used, total, freeBlocks }) =>
    fact(
      'pool',
      `${cidr}: ${used} of ${total} used, ${plural(freeBlocks, 'free block')}${pool.spec?.disabled === true ? ', disabled' : ''}`,
      `IPPool ${nameOf(pool)}, IPAMBlocks`,
    ),
  );
  return pools.concat(
    subnets.map(({ kind, name, used, total }) => fact('pool', `${name}: ${used} of ${total} used`, `${kind} ${name}`)),
  );
}

function useOfAddresses(index: ClusterIndex): StatusFact {
  const counted = nodeAddresses(index).filter(({ capacity, used }) => capacity !== undefined && used !== undefined);
  const [fullest] = [...counted].sort((a, b) => (b.used ?? 0) / (b.capacity ?? 1) - (a.used ?? 0) / (a.capacity ?? 1));
  if (fullest === undefined) return fact('use', NOT_KNOWN, '');
  const used = counted.reduce((sum, entry) => sum + (entry.used ?? 0), 0);
  const capacity = counted.reduce((sum, entry) => sum + (entry.capacity ?? 0), 0);
  return fact(
    'use',
    `${used} of ${capacity} pod addresses; fullest: ${fullest.name}, ${fullest.used} of ${fullest.capacity}`,
    `${fullest.source}, Pods`,
  );
}

function policy(index: ClusterIndex): StatusFact {
  const answer = detectEnforcement({
    ...(index.seen('DaemonSet').status === 'ok' ? { daemonSets: index.list('DaemonSet') } : {}),
    nodes: index.list('Node'),
  });
  const count = index.list('NetworkPolicy').length;
  const gap =
    answer.enforced === 'no' && count > 0
      ? `: ${plural(count, 'NetworkPolicy', 'NetworkPolicies')} without effect`
      : '';
  const words =
    answer.enforced === 'yes' ? 'enforced' : answer.enforced === 'no' ? `nobody enforces it${gap}` : NOT_KNOWN;
  const by = answer.plugins.find(({ name }) => name === answer.by);
  const [first] = by?.evidence ?? [];
  return fact(
    'policy',
    `${words}${answer.by === undefined || answer.enforced !== 'yes' ? '' : ` by ${answer.by}`}`,
    first === undefined ? '' : `${first.fact}, ${first.source}`,
  );
}

function kubeProxy({ kubeProxy: proxy, plugins }: NetworkSetup): StatusFact {
  const replaced = plugins.find(({ replacesKubeProxy }) => replacesKubeProxy?.value === true);
  const [set] = proxy.sets;
  const name = 'kube-proxy';
  if (replaced?.replacesKubeProxy !== undefined) {
    return fact(
      name,
      `replaced by ${replaced.title}${set === undefined ? '' : ', and runs beside it'}`,
      replaced.replacesKubeProxy.source,
    );
  }
  if (set !== undefined) {
    const source = proxy.mode?.source ?? `DaemonSet ${set.metadata?.namespace ?? ''}/${nameOf(set)}`;
    return fact(name, `mode ${proxy.mode?.value ?? NOT_KNOWN}`, source);
  }
  return told(name, proxy.elsewhere, NOT_KNOWN);
}

function ranges(
  name: string,
  found: readonly Told<string>[],
  otherwise: StatusFact | undefined,
): readonly StatusFact[] {
  if (found.length === 0) return [otherwise ?? fact(name, NOT_KNOWN, '')];
  return found.map(({ value, source }) => fact(name, value, source));
}

function nodeRanges(index: ClusterIndex): StatusFact | undefined {
  const all = nodeFacts(index).flatMap((node) => node.ranges.map(({ text }) => text));
  return all.length === 0 ? undefined : fact('pod ranges', `${joinNames(all, 3)} (of nodes)`, 'Nodes spec.podCIDRs');
}

function nodes(index: ClusterIndex): StatusFact {
  const all = nodeFacts(index);
  if (all.length === 0) return fact('nodes', NOT_KNOWN, '');
  const ready = all.filter(({ standing }) => standing === 'ready').length;
  const addresses = all.flatMap(({ node }) =>
    (node.status?.addresses ?? []).filter(({ type }) => type === 'InternalIP').map(({ address = '' }) => address),
  );
  return fact('nodes', `${ready} of ${all.length} ready; ${joinNames(addresses, 3)}`, 'Nodes status');
}

function families(index: ClusterIndex, { podRanges, serviceRanges }: NetworkSetup): StatusFact {
  const texts = [...podRanges, ...serviceRanges].map(({ value }) => value);
  const own = nodeFacts(index).flatMap((node) => node.ranges.map(({ text }) => text));
  const addresses = nodeFacts(index).flatMap(({ node }) =>
    (node.status?.addresses ?? []).flatMap(({ type, address }) =>
      type === 'InternalIP' && address !== undefined ? [address] : [],
    ),
  );
  const ranged = texts.length + own.length > 0;
  const known = ranged ? [...texts, ...own] : addresses;
  if (known.length === 0) return fact('families', NOT_KNOWN, '');
  const v6 = known.some((text) => text.includes(':'));
  const v4 = known.some((text) => !text.includes(':'));
  return fact(
    'families',
    v4 && v6 ? 'dual-stack' : v6 ? 'IPv6' : 'IPv4',
    ranged ? 'ranges of pods and Services' : 'Nodes status',
  );
}
