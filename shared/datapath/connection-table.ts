import type { ClusterIndex } from '../model/cluster-index.ts';
import { nameOf } from '../model/refs.ts';
import type { ConntrackDump } from './dump/conntrack.ts';
import { dumpsInSnapshot } from './dump-files.ts';

/** How a node's table of connections fares, as one source tells. */
export interface TableFill {
  /** Empty where the source does not tell the node. */
  readonly node: string;
  readonly count: number | undefined;
  readonly max: number | undefined;
  /** Packets since the node was started that found no room, and that lost a race. */
  readonly dropped: number;
  readonly raced: number;
  readonly source: string;
}

/** From dumps of `conntrack -S`, sysctl, and pages of node_exporter (collector conntrack) among a snapshot's tools. */
export function tableFills(index: ClusterIndex): readonly TableFill[] {
  return index.memo('datapath/table-fills', () => [
    ...dumpsInSnapshot(index).flatMap(({ node = '', files, conntrack }) =>
      conntrack.length === 0 ? [] : [ofDumps(node, conntrack, files[0]?.path ?? '')],
    ),
    ...index.tools().flatMap(({ path, text }) => ofPage(index, path, text)),
  ]);
}

function ofDumps(node: string, dumps: readonly ConntrackDump[], source: string): TableFill {
  const sum = (name: string): number => dumps.reduce((total, { statistics }) => total + (statistics[name] ?? 0), 0);
  return {
    node,
    count: dumps.find(({ count }) => count !== undefined)?.count,
    max: dumps.find(({ max }) => max !== undefined)?.max,
    dropped: sum('drop'),
    raced: sum('insert_failed'),
    source,
  };
}

const SAMPLE = /^node_nf_conntrack_(entries|entries_limit|stat_drop|stat_insert_failed)(?:\{[^}]*\})? ([\d.e+]+)/gm;

function ofPage(index: ClusterIndex, path: string, text: string): readonly TableFill[] {
  const values = new Map<string, number>();
  for (const [, name = '', value = ''] of text.matchAll(SAMPLE)) values.set(name, Number(value));
  if (values.size === 0) return [];
  return [
    {
      node: nodeInPath(index, path),
      count: values.get('entries'),
      max: values.get('entries_limit'),
      dropped: values.get('stat_drop') ?? 0,
      raced: values.get('stat_insert_failed') ?? 0,
      source: path,
    },
  ];
}

/** The node that a path of a recording names in one of its parts; empty where it names none. */
export function nodeInPath(index: ClusterIndex, path: string): string {
  const parts = path.split(/[/\\]/);
  const names = index.list('Node').map(nameOf);
  return (
    names.find((name) => parts.includes(name)) ??
    names.find((name) => parts.some((part) => part.startsWith(name))) ??
    ''
  );
}
