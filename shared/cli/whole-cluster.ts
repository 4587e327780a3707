import type { Option, Request } from './command.ts';

/** Of commands that ask about the cluster as a whole: `-A` says what they do anyway. */
export const wholeClusterOption: Option = {
  name: 'all-namespaces',
  alias: 'A',
  type: 'boolean',
  describe: 'all namespaces, as always here',
  hidden: true,
};

/** Says that a namespace changes nothing there; not again in each round of a watch. */
export function tellNamespaceIdle({ options, runtime }: Request, command: string): void {
  if (options.string('namespace') === undefined || options.boolean('watch')) return;
  runtime.stderr.write(`-n changes nothing: ${command} asks about the cluster as a whole\n`);
}
