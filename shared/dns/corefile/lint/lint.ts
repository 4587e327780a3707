import { isReverseZone } from '../go/names.ts';
import type { Judgement } from '../judge.ts';
import { parseVersion, version } from '../versions.ts';
import { lintAnswers } from './answers.ts';
import { lintOtherBlocks } from './other-blocks.ts';
import type { LintFacts, LintInput, LintProblem } from './problem.ts';
import { lintUpkeep } from './upkeep.ts';
import { lintUpstreams } from './upstreams.ts';
import { directivesNamed, viewServer } from './views.ts';
import { lintZones, zonesOf } from './zones.ts';

/**
 * What can be said against a Corefile, worst first, then by line. CoreDNS starts with it all the same; what it refuses is
 * in the judgement. A rule that needs facts that were not seen is silent.
 */
export function lintCorefile(judgement: Judgement, facts: LintFacts): readonly LintProblem[] {
  const servers = judgement.servers.map(viewServer);
  const of = parseVersion(judgement.judgedAs) ?? version('1.12.4');
  const served = servers.flatMap((server) =>
    directivesNamed(server, 'kubernetes').flatMap((line) => zonesOf(server, line)),
  );
  const input: LintInput = {
    servers,
    facts,
    since: (first) => of >= version(first),
    clusterZone: facts.domain?.zone ?? served.find((zone) => !isReverseZone(zone)),
  };
  const zones = lintZones(input);
  // What is missing from a text that could not be read to its end may stand behind that place.
  const problems = judgement.complete
    ? [...zones, ...lintUpstreams(input), ...lintAnswers(input), ...lintOtherBlocks(input), ...lintUpkeep(input)]
    : [...zones.filter(({ rule }) => rule === 'placeholder-left'), ...lintUpstreams(input)];
  return problems.sort(
    (a, b) =>
      RANK[a.severity] - RANK[b.severity] || Number(a.file !== b.file) * (a.file < b.file ? -1 : 1) || a.line - b.line,
  );
}

const RANK = { critical: 0, warning: 1, info: 2 } as const;
