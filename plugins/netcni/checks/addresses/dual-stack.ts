import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { ciliumSetting } from '../../../../shared/datapath/cni/settings-cilium.ts';
import type { Told } from '../../../../shared/datapath/cni/setup.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { isFinished, podAddresses } from '../../../../shared/model/pods.ts';
import { parseAddress, parseCidr } from '../../../../shared/util/addresses.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { type NodeFacts, nodeFacts } from '../../facts/nodes.ts';
import { addressMessages } from '../../messages/addresses.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { nodeWords } from '../words.ts';

type Family = 4 | 6;

/** Some levels speak both families and others one. */
export const dualStackHalves = defineCheck<ClusterSubject>({
  id: 'netcni/half-of-dual-stack',
  group: 'ranges',
  needs: ['Node'],
  uses: AGENT_USES,
  run: (_, { index }) => {
    const nodes = nodeFacts(index).filter(({ ranges, fresh }) => ranges.length > 0 && !fresh);
    const two = nodes.filter(({ ranges }) => familiesOf(ranges).size === 2);
    return two.length > 0 && two.length < nodes.length ? [nodesDiffer(nodes, two)] : levelsDiffer(index);
  },
});

function nodesDiffer(nodes: readonly NodeFacts[], two: readonly NodeFacts[]): Finding {
  const half = nodes.filter((entry) => !two.includes(entry));
  const names = half.map(({ name }) => name);
  return addressMessages.CNI315.raise({
    subject: { kind: 'Node', name: names[0] ?? '' },
    args: {
      what: `${nodeWords(names)} ${names.length === 1 ? 'has' : 'have'} podCIDRs of one family only, the others of both`,
    },
    pods: names.map(nodeKey),
    evidence: [half[0], two[0]].flatMap((entry) => (entry === undefined ? [] : [rangesOf(entry)])),
  });
}

function rangesOf({ name, ranges }: NodeFacts): Evidence {
  return { fact: ranges.map(({ text }) => text).join(', '), source: `Node ${name} spec.podCIDRs` };
}

/** Services, nodes and the plugin against each other; with pods that get their addresses elsewhere nothing is known. */
function levelsDiffer(index: ClusterIndex): readonly Finding[] {
  const { serviceRanges, primary } = detectNetwork(index);
  // Also by nodes that have just joined: what they have, the others will not lack.
  const nodes = nodeFacts(index).filter(({ ranges }) => ranges.length > 0);
  const [node] = nodes;
  const onNodes = familiesOf(nodes.flatMap(({ ranges }) => ranges));
  const inServices = familiesOf(parsed(serviceRanges));
  const plugin = pluginFamilies(index);
  const title = primary?.title ?? '';
  const byNodes = primary?.ipam?.value === 'podCIDR';
  const services = serviceRanges.map(({ value, source }) => ({ fact: value, source }));
  if (byNodes && node !== undefined) {
    if (inServices.size === 2 && onNodes.size === 1)
      return [half('Services have ranges of both families, nodes have podCIDRs of one', [...services, rangesOf(node)])];
    if (plugin.families.size === 2 && onNodes.size === 1)
      return [
        half(`${title} is set up for both families, nodes have podCIDRs of one`, [...plugin.told, rangesOf(node)]),
      ];
    if (onNodes.size === 2 && lacks(index, plugin.families))
      return [
        half(`nodes have podCIDRs of both families, ${title} serves ${only(plugin.families)}`, [
          rangesOf(node),
          ...plugin.told,
        ]),
      ];
    return [];
  }
  if (byNodes || primary?.ipam?.value === 'cloud' || inServices.size < 2 || !lacks(index, plugin.families)) return [];
  return [
    half(`Services have ranges of both families, ${title} serves ${only(plugin.families)}`, [
      ...services,
      ...plugin.told,
    ]),
  ];
}

function half(what: string, evidence: readonly Evidence[]): Finding {
  return addressMessages.CNI315.raise({ subject: { kind: 'Cluster', name: 'ranges' }, args: { what }, evidence });
}

function only(families: ReadonlySet<Family>): string {
  return families.has(4) ? 'IPv4 only' : 'IPv6 only';
}

/** The plugin is told one family, and no pod has an address of the other. */
function lacks(index: ClusterIndex, families: ReadonlySet<Family>): boolean {
  if (families.size !== 1) return false;
  return !index.list('Pod').some(
    (pod) =>
      pod.spec?.hostNetwork !== true &&
      !isFinished(pod) &&
      podAddresses(pod).some((text) => {
        const address = parseAddress(text);
        return address !== undefined && !families.has(address.family);
      }),
  );
}

/** Families that the network plugin is set up for, and where that stands; none where nothing tells. */
function pluginFamilies(index: ClusterIndex): {
  readonly families: ReadonlySet<Family>;
  readonly told: readonly Evidence[];
} {
  const { primary } = detectNetwork(index);
  const told =
    primary?.name === 'Cilium'
      ? (['enable-ipv4', 'enable-ipv6'] as const).flatMap((key) => ciliumSetting(index, primary.sets, key) ?? [])
      : (primary?.podRanges ?? []);
  const evidence = told.map(({ value, source }) => ({ fact: value, source }));
  if (primary?.name !== 'Cilium') return { families: familiesOf(parsed(told)), told: evidence };
  const on = told.filter(({ value }) => value === 'true').map(({ source }): Family => (source.endsWith('6') ? 6 : 4));
  return { families: new Set(told.length === 2 ? on : []), told: evidence };
}

function parsed(list: readonly Told<string>[]) {
  return list.flatMap(({ value }) => {
    const range = parseCidr(value);
    return range === undefined ? [] : [{ range }];
  });
}

function familiesOf(list: readonly { readonly range: { readonly family: Family } }[]): ReadonlySet<Family> {
  return new Set(list.map(({ range }) => range.family));
}
