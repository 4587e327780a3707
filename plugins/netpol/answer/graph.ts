import { subtractPorts } from '../../../shared/policy/rules/port-set.ts';
import { portWords } from '../words/ports.ts';
import { endWords } from './end-values.ts';
import type { MatrixAnswer } from './matrix-rows.ts';

/** A picture's nodes and arrows. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export interface GraphNode {
  readonly id: string;
  readonly label: string;
  /** The frame in which it is drawn; undefined outside the cluster. */
  readonly namespace: string | undefined;
}

export interface GraphEdge {
  readonly from: number;
  readonly to: number;
  readonly label: string;
  /** False where the facts do not decide. */
  readonly sure: boolean;
}

/** The matrix as a graph. Ends that talk to nobody stand in it too: that is what policies are for. */
export function graphOf(answer: MatrixAnswer): Graph {
  const nodes = answer.ends.map((end, at) => ({
    id: `n${at}`,
    label: endWords(end),
    namespace: end.type === 'pods' ? end.ref.namespace : undefined,
  }));
  const edges: GraphEdge[] = [];
  for (let from = 0; from < answer.ends.length; from++) {
    for (const { to, allowed, depends } of answer.rowsFrom(from)) {
      if (allowed.length > 0) edges.push({ from, to, label: portWords(allowed), sure: true });
      else edges.push({ from, to, label: `depends: ${portWords(subtractPorts(depends, allowed))}`, sure: false });
    }
  }
  const used = new Set(edges.flatMap(({ from, to }) => [from, to]));
  // The ingress controller is an end only where Ingress or Route objects lead in.
  const shown = nodes.map((_, at) => answer.ends[at]?.type !== 'ingressController' || used.has(at));
  const place = new Map<number, number>();
  nodes.forEach((_, at) => {
    if (shown[at] === true) place.set(at, place.size);
  });
  return {
    nodes: nodes.filter((_, at) => shown[at] === true),
    edges: edges.map((edge) => ({ ...edge, from: place.get(edge.from) ?? 0, to: place.get(edge.to) ?? 0 })),
  };
}

/** Graphviz. */
export function dotText({ nodes, edges }: Graph): string {
  const quote = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  const lines = ['digraph connections {', '  rankdir=LR;', '  node [shape=box, style=rounded, fontname=Helvetica];'];
  lines.push('  edge [fontname=Helvetica, fontsize=10];');
  for (const [namespace, members] of byNamespace(nodes)) {
    if (namespace === undefined) {
      lines.push(...members.map(({ id, label }) => `  ${id} [label=${quote(label)}];`));
      continue;
    }
    lines.push(`  subgraph ${quote(`cluster_${namespace}`)} {`, `    label=${quote(namespace)};`);
    lines.push(...members.map(({ id, label }) => `    ${id} [label=${quote(label)}];`), '  }');
  }
  for (const { from, to, label, sure } of edges) {
    const style = sure ? '' : ', style=dashed';
    lines.push(`  ${nodes[from]?.id ?? ''} -> ${nodes[to]?.id ?? ''} [label=${quote(label)}${style}];`);
  }
  return `${[...lines, '}'].join('\n')}\n`;
}

/** Mermaid, as Git hosts and wikis draw it. */
export function mermaidText({ nodes, edges }: Graph): string {
  // A quoted label is taken literally but for quotes and the entities of HTML.
  const quote = (text: string): string =>
    `"${text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')}"`;
  const lines = ['flowchart LR'];
  let frame = 0;
  for (const [namespace, members] of byNamespace(nodes)) {
    const rows = members.map(({ id, label }) => `${id}[${quote(label)}]`);
    if (namespace === undefined) lines.push(...rows.map((row) => `  ${row}`));
    else lines.push(`  subgraph s${frame++}[${quote(namespace)}]`, ...rows.map((row) => `    ${row}`), '  end');
  }
  for (const { from, to, label, sure } of edges) {
    const [start, end] = [nodes[from]?.id ?? '', nodes[to]?.id ?? ''];
    lines.push(`  ${start} ${sure ? '-->' : '-.->'}|${quote(label)}| ${end}`);
  }
  return `${lines.join('\n')}\n`;
}

function byNamespace(nodes: readonly GraphNode[]): ReadonlyMap<string | undefined, readonly GraphNode[]> {
  const frames = new Map<string | undefined, GraphNode[]>();
  for (const node of nodes) {
    const list = frames.get(node.namespace) ?? [];
    frames.set(node.namespace, list);
    list.push(node);
  }
  return frames;
}
