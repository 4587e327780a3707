import type { LabelSelector } from '../model/objects.ts';
import { parseSelectorText } from '../model/selector-text.ts';
import { UsageError } from './command.ts';

/** Reads `-l` as kubectl does: `app=web,tier!=db,track in (a,b),!canary`. Throws a UsageError for anything else. */
export function parseSelector(text: string): LabelSelector {
  const requirements = parseSelectorText(text);
  if (requirements === undefined) {
    throw new UsageError(
      `-l ${text} is not a label selector`,
      'Examples: app=web, tier!=db, "track in (a,b)", !canary',
    );
  }
  return { matchExpressions: requirements };
}
