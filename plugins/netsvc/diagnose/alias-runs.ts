import type { CheckContext } from '../../../shared/diagnose/check.ts';
import type { CheckRun } from '../../../shared/diagnose/run-checks.ts';
import { parseClusterName } from '../../../shared/dns/service-names.ts';
import type { Finding } from '../../../shared/messages/finding.ts';
import { formatRef } from '../../../shared/model/refs.ts';
import { checks } from '../checks/checks.ts';
import { aliasedService, externalNameOf, isAlias, slicesUnasked, sourceOf } from '../checks/exposure/alias-target.ts';
import { type ServiceSubject, subjectOf } from '../service-subject.ts';
import { borrowedRuns, criticalCauses } from './borrowed-runs.ts';

/** Told only where the Service behind the alias was not looked into. */
const LEADS_ON = 'netsvc/external-name-endpoints';

/**
 * An alias is as good as the Service it leads to. Where that one does not answer, its own causes take the place of the
 * finding that something is wrong there.
 */
export function withAliasRuns(
  runs: readonly CheckRun[],
  subject: ServiceSubject,
  context: CheckContext,
): readonly CheckRun[] {
  const service = aliasedService(context.index, subject);
  // A sweep looks into every Service anyway; that one of a row of aliases is broken must be said of each.
  if (service === undefined || (context.sweep === true && !isAlias(service))) return runs;
  // An alias that is wrong itself leads nowhere, whatever that Service is like.
  const own = runs.some(({ id, outcome }) => id !== LEADS_ON && criticalCauses(outcome).length > 0);
  if (own || (!isAlias(service) && slicesUnasked(context.index, service))) return runs;
  const target = subjectOf(service);
  const behind = borrowedRuns(checks, target, context, (finding) => led(finding, subject, target));
  return behind.length === 0 ? runs : [...runs.filter(({ id }) => id !== LEADS_ON), ...behind];
}

function led(finding: Finding, subject: ServiceSubject, target: ServiceSubject): Finding {
  const way = {
    fact: `${formatRef(subject.ref)} is an alias of ${externalNameOf(subject)}${leadsTo(subject, target)}`,
    source: sourceOf(subject),
  };
  return { ...finding, evidence: [way, ...finding.evidence] };
}

/** `, Service shop/web`, at the end of however many aliases. */
function leadsTo(subject: ServiceSubject, target: ServiceSubject): string {
  const direct = parseClusterName(externalNameOf(subject));
  const itself = direct?.service === target.name && direct.namespace === target.namespace;
  return `${itself ? '' : ', which leads on to'}${itself ? ', ' : ' '}${formatRef(target.ref)}`;
}
