import { distance } from 'fastest-levenshtein';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { portsMessages } from '../../messages/ports.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { declaredBy, declaredWords, type NamedPort, namedPorts } from './named-ports.ts';
import { bestPort, targetPortFix } from './port-fixes.ts';
import { PORT_USES } from './port-uses.ts';
import { changeEvidence, ownersWords, portEvidence, portWords } from './port-words.ts';
import { isSideName } from './serving.ts';

/** No selected pod declares the name that the Service sends to, so the port has no endpoint at all. */
export const namedPortMissing = defineCheck<ServiceSubject>({
  id: 'netsvc/named-port-missing',
  group: 'ports',
  needs: ['Pod'],
  uses: PORT_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index, now }) => {
    const named = namedPorts(index, subject);
    return named
      .filter(({ all, without }) => without.length === all.length)
      .map((entry) => {
        const nearest = nearestName(entry);
        const others = subject.ports.filter((port) => port !== entry.port);
        const alive = others.some(
          (port) => !named.some((other) => other.port === port && other.without.length === other.all.length),
        );
        return portsMessages.SVC405.raise({
          subject: subject.ref,
          args: {
            service: `${subject.namespace}/${subject.name}`,
            port: portWords(subject, entry.port),
            name: entry.name,
            owners: ownersWords(entry.all),
            declared: declaredWords(entry.all),
            nearest: nearest ?? '',
          },
          // Names of a headless Service resolve without ports; only SRV records are lost.
          severity: alive || subject.headless ? 'warning' : 'critical',
          impact: subject.headless ? 0.3 : 1 / subject.ports.length,
          evidence: [
            ...portEvidence(subject, entry.port),
            {
              fact: declaredWords(entry.all),
              source: `${formatRef(entry.all[0]?.owner ?? subject.ref)} container ports`,
            },
            ...changeEvidence(subject, now),
          ],
          fixes: fixesOf(subject, entry, nearest),
        });
      });
  },
});

/** A declared name that may be meant: spelt nearly alike, or the only one that is not for operators. */
function nearestName({ all, name, port }: NamedPort): string | undefined {
  const names = declaredBy(all).flatMap((declared) =>
    declared.name === undefined || declared.name === '' || declared.protocol !== (port.protocol ?? 'TCP')
      ? []
      : [declared.name],
  );
  const alike = [...new Set(names)]
    .map((candidate) => ({ candidate, away: distance(candidate, name) }))
    .filter(({ candidate, away }) => away <= 2 || candidate.includes(name) || name.includes(candidate))
    .sort((a, b) => a.away - b.away);
  if (alike[0] !== undefined) return alike[0].candidate;
  const main = [...new Set(names)].filter((candidate) => isSideName(candidate) === isSideName(name));
  return main.length === 1 ? main[0] : undefined;
}

function fixesOf(subject: ServiceSubject, entry: NamedPort, nearest: string | undefined): readonly Fix[] {
  if (nearest !== undefined) return [targetPortFix(subject, entry.port, nearest)];
  const free = declaredBy(entry.all).filter(
    (declared) =>
      declared.protocol === (entry.port.protocol ?? 'TCP') && isSideName(declared.name) === isSideName(entry.name),
  );
  const to = bestPort(
    entry.port,
    free.map((declared) => declared.port),
  );
  return to === undefined ? [] : [targetPortFix(subject, entry.port, to)];
}
