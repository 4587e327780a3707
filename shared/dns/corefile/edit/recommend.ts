import { printCorefile } from '../syntax/print.ts';
import { parseTree, type TreeBlock, type TreeDirective } from '../syntax/tree.ts';
import { parseVersion, type Version, version } from '../versions.ts';
import { argsOf, mapBlocks, newDirective, newLine, optionLines, withOptions } from './tree-edit.ts';

/**
 * The Corefile with what kubeadm's default of that version has and it lacks, and without options that have no effect;
 * everything else stays as it is. Only the block that serves the cluster is touched.
 */
export function recommendedForm(text: string, to: string): string {
  const of = parseVersion(to) ?? version('1.12.4');
  const tree = mapBlocks(parseTree(text), (block) =>
    block.directives.some(({ name }) => name === 'kubernetes') && !block.keys[0]?.startsWith('(')
      ? [improve(block, of)]
      : [block],
  );
  return printCorefile(tree);
}

const REVERSE = ['in-addr.arpa', 'ip6.arpa'];

function improve(block: TreeBlock, of: Version): TreeBlock {
  const imports = block.directives.some(({ name }) => name === 'import');
  const has = (name: string) => block.directives.some((directive) => directive.name === name);
  const directives = block.directives.map((directive) => improveDirective(directive, of));
  const add = (name: string, first: string, directive: TreeDirective): void => {
    // What an import brings is not seen here, and a plugin must not stand twice.
    if (!has(name) && !imports && of >= version(first)) directives.push(directive);
  };
  if (!has('errors') && !imports) directives.unshift(newDirective('errors'));
  add('health', '1.6.5', newDirective('health', ['lameduck 5s']));
  add('ready', '1.5.0', newDirective('ready'));
  add('prometheus', '1.0.0', newDirective('prometheus :9153'));
  add('cache', '1.0.0', newDirective('cache 30'));
  if (has('forward')) add('loop', '1.2.1', newDirective('loop'));
  add('reload', '1.1.0', newDirective('reload'));
  add('loadbalance', '1.0.0', newDirective('loadbalance'));
  return { ...block, directives };
}

function improveDirective(directive: TreeDirective, of: Version): TreeDirective {
  const options = optionLines(directive);
  const has = (name: string) => options.some(({ words }) => words[0] === name);
  switch (directive.name) {
    case 'health':
      return has('lameduck') ? directive : withOptions(directive, [...options, newLine('lameduck 5s')]);
    case 'forward':
      return has('max_concurrent') || of < version('1.6.8')
        ? directive
        : withOptions(directive, [...options, newLine('max_concurrent 1000')]);
    case 'kubernetes': {
      const kept = options.filter(
        ({ words }) => !(of >= version('1.5.0') && ['upstream', 'resyncperiod'].includes(words[0] ?? '')),
      );
      const reverse = argsOf(directive).filter((zone) => REVERSE.includes(zone));
      const falls = has('fallthrough') || reverse.length === 0;
      return withOptions(directive, falls ? kept : [...kept, newLine(`fallthrough ${reverse.join(' ')}`)]);
    }
    default:
      return directive;
  }
}
