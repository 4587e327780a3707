import type { Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { didYouMean } from '../../../shared/cli/nearest.ts';
import { CNI_NAMES } from '../policy-facts.ts';

/** The network plugin that `--cni` names. Throws a UsageError for one that nobody knows. */
export function cniOf(request: Request): string | undefined {
  const word = request.options.string('cni')?.toLowerCase();
  if (word === undefined || CNI_NAMES.includes(word)) return word;
  const hint = didYouMean(word, CNI_NAMES);
  throw new UsageError(`no network plugin is known by the name ${word}`, `${hint} Known: ${CNI_NAMES.join(', ')}.`);
}
