import type { ClusterIndex } from '../model/cluster-index.ts';
import { nameOf } from '../model/refs.ts';
import { inRange, parseAddress, parseCidr } from '../util/addresses.ts';
import { compareText } from '../util/text.ts';
import type { ConntrackDump } from './dump/conntrack.ts';
import type { IpvsDump } from './dump/ipvs.ts';
import type { Link } from './dump/links.ts';
import type { FdbEntry, Neighbour } from './dump/neighbours.ts';
import { type Dump, readDumps } from './dump/recognise.ts';
import type { Route } from './dump/routes.ts';
import type { RoutingRule } from './dump/routing-rules.ts';
import type { RuleSet } from './dump/rule-set.ts';
import type { SettingsDump } from './dump/settings.ts';
import { nodeAddresses } from './nodes.ts';
import { podRangesByNode } from './pod-ranges.ts';

/** A file with what was recognised in it. */
export interface DumpFile {
  readonly path: string;
  readonly dumps: readonly Dump[];
  /** Why nothing of it could be used. */
  readonly hint: string | undefined;
}

/** All dumps of one node. */
export interface NodeDumps {
  /** The node's name; undefined where neither a word of the user nor the dumps tell. */
  readonly node: string | undefined;
  /** How the node was found out: `--node`, `path`, or the fact that told it. */
  readonly how: string;
  readonly files: readonly DumpFile[];
  readonly rules: readonly RuleSet[];
  readonly ipvs: readonly IpvsDump[];
  readonly routes: readonly Route[] | undefined;
  readonly routingRules: readonly RoutingRule[] | undefined;
  readonly links: readonly Link[] | undefined;
  readonly fdb: readonly FdbEntry[] | undefined;
  readonly neighbours: readonly Neighbour[] | undefined;
  readonly conntrack: readonly ConntrackDump[];
  readonly settings: readonly SettingsDump[];
}

/** Reads files and puts those of one node together; `told` is the node that the user named. */
export function dumpsByNode(
  index: ClusterIndex,
  files: readonly { readonly path: string; readonly text: string }[],
  told: string | undefined,
): readonly NodeDumps[] {
  const groups = new Map<string, { node: string | undefined; how: string; files: DumpFile[] }>();
  for (const { path, text } of files) {
    const file: DumpFile = { path, ...readDumps(text) };
    const { node, how } = told === undefined ? nodeOf(index, file) : { node: told, how: '--node' };
    const key = node ?? '';
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { node, how, files: [file] });
    else group.files.push(file);
  }
  return [...groups.values()]
    .map((group) => ({ ...group, ...collect(group.files) }))
    .sort((a, b) => compareText(a.node ?? '', b.node ?? ''));
}

/** Outputs of programs in a snapshot that can be read as dumps; the rest of its tools is left alone. */
export function dumpsInSnapshot(index: ClusterIndex): readonly NodeDumps[] {
  return index.memo('datapath/dumps-in-snapshot', () => {
    const groups = dumpsByNode(index, index.tools(), undefined);
    return groups.flatMap((group) => {
      const files = group.files.filter(({ dumps }) => dumps.length > 0);
      return files.length === 0 ? [] : [{ ...group, files }];
    });
  });
}

function collect(files: readonly DumpFile[]): Omit<NodeDumps, 'node' | 'how' | 'files'> {
  const dumps = files.flatMap((file) => file.dumps);
  const of = <K extends Dump['kind']>(kind: K): Extract<Dump, { kind: K }>[] =>
    dumps.filter((dump): dump is Extract<Dump, { kind: K }> => dump.kind === kind);
  const some = <T>(list: readonly T[], present: boolean): readonly T[] | undefined => (present ? list : undefined);
  return {
    rules: of('rules'),
    ipvs: of('ipvs'),
    routes: some(
      of('routes').flatMap((dump) => dump.routes),
      of('routes').length > 0,
    ),
    routingRules: some(
      of('routingRules').flatMap((dump) => dump.rules),
      of('routingRules').length > 0,
    ),
    links: some(joinLinks(of('links').flatMap((dump) => dump.links)), of('links').length > 0),
    fdb: some(
      of('fdb').flatMap((dump) => dump.entries),
      of('fdb').length > 0,
    ),
    neighbours: some(
      of('neighbours').flatMap((dump) => dump.entries),
      of('neighbours').length > 0,
    ),
    conntrack: of('conntrack'),
    settings: of('settings'),
  };
}

/** `ip link` and `ip addr` of one node tell of the same links. */
function joinLinks(links: readonly Link[]): readonly Link[] {
  const byName = new Map<string, Link>();
  for (const link of links) {
    const before = byName.get(link.name);
    byName.set(
      link.name,
      before === undefined
        ? link
        : {
            ...before,
            type: before.type ?? link.type,
            vxlan: before.vxlan ?? link.vxlan,
            addresses: [...new Set([...before.addresses, ...link.addresses])],
          },
    );
  }
  return [...byName.values()];
}

/** The node a file comes from: a part of its path, an address of it, the range of its pods. */
function nodeOf(index: ClusterIndex, file: DumpFile): { node: string | undefined; how: string } {
  const names = new Set(index.list('Node').map(nameOf));
  const part = file.path
    .split(/[/\\]/)
    .flatMap((word) => [word, word.replace(/\.(txt|out|log|dump)$/, '')])
    .reverse()
    .find((word) => names.has(word));
  if (part !== undefined) return { node: part, how: 'the path' };
  const byAddress = nodeByAddress(index, file.dumps);
  if (byAddress !== undefined) return byAddress;
  const [only, ...others] = [...names];
  if (only !== undefined && others.length === 0) return { node: only, how: 'the only node there is' };
  return { node: undefined, how: '' };
}

function nodeByAddress(index: ClusterIndex, dumps: readonly Dump[]): { node: string; how: string } | undefined {
  const addresses = nodeAddresses(index);
  const own = dumps.flatMap(ownAddresses);
  const address = own.find((one) => addresses.has(one));
  const node = address === undefined ? undefined : addresses.get(address);
  if (node !== undefined) return { node, how: `its address ${address}` };
  // Its bridge may still have the range that another node has by now, so this comes second.
  for (const one of own) {
    const parsed = parseAddress(one);
    const holder = [...podRangesByNode(index)].find(
      ([, { ranges }]) => parsed !== undefined && ranges.some(({ range }) => inRange(range, parsed)),
    );
    if (holder !== undefined) return { node: holder[0], how: `${one} in its pod range` };
  }
  return undefined;
}

/** Addresses that belong to the node that printed a dump. */
function ownAddresses(dump: Dump): readonly string[] {
  switch (dump.kind) {
    case 'links':
      return dump.links.flatMap((link) => [
        ...link.addresses.map((address) => address.split('/')[0] ?? ''),
        ...(link.vxlan?.local === undefined ? [] : [link.vxlan.local]),
      ]);
    case 'routes':
      return dump.routes.flatMap((route) => {
        if (route.type === 'local') return [route.destination];
        return route.source === undefined ? [] : [route.source];
      });
    case 'rules':
      return rulesAddresses(dump);
    default:
      return [];
  }
}

/** Flannel's rules name the node's own range; kube-proxy's nftables mode lists the addresses of its node ports. */
function rulesAddresses({ tables }: RuleSet): readonly string[] {
  return tables.flatMap((table) => [
    ...(table.name === 'kube-proxy' ? (table.sets.get('nodeport-ips') ?? []).map(({ key }) => key[0] ?? '') : []),
    ...(table.chains.get('FLANNEL-POSTRTG')?.rules ?? []).flatMap(({ conditions, verdict }) => {
      const source = conditions.find(({ field }) => field === 'source');
      const destination = conditions.find(({ field, negated }) => field === 'destination' && !negated);
      const range = parseCidr(destination?.values[0]);
      return verdict.kind === 'return' && source?.negated === true && range !== undefined
        ? [destination?.values[0]?.split('/')[0] ?? '']
        : [];
    }),
  ]);
}
