import { shellQuote } from '../util/text.ts';
import type { Options } from './command.ts';

/** Flags that say where facts come from; a token is nothing to print. */
const FLAGS = ['kubeconfig', 'context', 'cluster', 'user', 'server', 'as', 'as-uid'] as const;

/** ` --context prod`, ` --snapshot dump.yaml`: what a line to paste needs to ask the same facts as this one; may be empty. */
export function sameFacts(options: Options): string {
  const given = FLAGS.flatMap((flag) => {
    const value = options.string(flag);
    return value === undefined ? [] : [[flag, value] as const];
  });
  const many = ['as-group', 'snapshot'].flatMap((flag) => options.list(flag).map((value) => [flag, value] as const));
  return [...given, ...many].map(([flag, value]) => ` --${flag} ${shellQuote(value)}`).join('');
}
