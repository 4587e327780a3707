import { distance } from 'fastest-levenshtein';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { ownerWorkload } from '../../../../shared/model/owners.ts';
import { resolveTargetPort } from '../../../../shared/model/pods.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { isSideName } from '../../../../shared/model/side-ports.ts';
import { portsMessages } from '../../messages/ports.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { formerPort } from './former-port.ts';
import { declaredBy, declaredWords, type NamedPort, namedPorts } from './named-ports.ts';
import { bestPort, targetPortFix, withoutPortFix } from './port-fixes.ts';
import { PORT_USES } from './port-uses.ts';
import { changeEvidence, ownersWords, portEvidence, portWords } from './port-words.ts';

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
        const former = formerPort(index, entry.all[0]?.owner, entry.name);
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
            nearest: nearest === undefined || isTaken(subject, entry, nearest) ? '' : nearest,
            former: former.words,
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
            ...former.evidence,
            ...changeEvidence(subject, now),
          ],
          fixes: [...former.fixes, ...fixesOf(index, subject, entry, nearest)],
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

/** A second name for what another port of the Service reaches already (https beside http) is not what was meant. */
function isTaken(subject: ServiceSubject, entry: NamedPort, name: string): boolean {
  const claimed = claimedNumbers(subject, entry);
  return declaredBy(entry.all).some((one) => one.name === name && claimed.has(one.port));
}

function fixesOf(
  index: ClusterIndex,
  subject: ServiceSubject,
  entry: NamedPort,
  nearest: string | undefined,
): readonly Fix[] {
  const claimed = claimedNumbers(subject, entry);
  const declared = declaredBy(entry.all);
  if (nearest !== undefined && isTaken(subject, entry, nearest)) return [withoutPortFix(subject, entry.port)];
  if (nearest !== undefined) return [targetPortFix(subject, entry.port, nearest)];
  const free = declared.filter(
    (one) =>
      one.protocol === (entry.port.protocol ?? 'TCP') &&
      isSideName(one.name) === isSideName(entry.name) &&
      !claimed.has(one.port),
  );
  const to = bestPort(
    entry.port,
    free.map((one) => one.port),
  );
  if (to !== undefined) return [targetPortFix(subject, entry.port, to)];
  return subject.ports.length > 1 ? [withoutPortFix(subject, entry.port)] : declareFix(index, subject, entry);
}

/** Where the other ports of the Service go. */
function claimedNumbers(subject: ServiceSubject, { all, port }: NamedPort): ReadonlySet<number> {
  const others = subject.ports.filter(
    (other) => other !== port && (other.protocol ?? 'TCP') === (port.protocol ?? 'TCP'),
  );
  return new Set(all.flatMap(({ pod }) => others.flatMap((other) => resolveTargetPort(pod.spec, other) ?? [])));
}

/** Containers that declare nothing may listen anywhere: only their author knows the number behind the name. */
function declareFix(index: ClusterIndex, subject: ServiceSubject, { all, name, port }: NamedPort): readonly Fix[] {
  const workload = all[0] === undefined ? undefined : ownerWorkload(index, all[0].pod);
  const container = all[0]?.pod.spec?.containers?.[0]?.name ?? '';
  if (workload === undefined || declaredBy(all).length > 0) return [];
  const patch = {
    spec: { template: { spec: { containers: [{ name: container, ports: [{ name, containerPort: '<NUMBER>' }] }] } } },
  };
  const { kind, ref } = workload;
  const sendTo = (value: string): string =>
    `kubectl patch service ${subject.name} -n ${subject.namespace} --type=json -p '[{"op":"add","path":"/spec/ports/${subject.ports.indexOf(port)}/targetPort","value":${value}}]'`;
  return [
    {
      title: `declare ${name} in ${kind} ${ref.name}: replace <NUMBER> by the port on which it listens (restarts its pods)`,
      command: `kubectl patch ${kind.toLowerCase()} ${ref.name} -n ${subject.namespace} -p '${JSON.stringify(patch).replace('"<NUMBER>"', '<NUMBER>')}'`,
      risk: 'low',
      undo: `kubectl rollout undo ${kind.toLowerCase()}/${ref.name} -n ${subject.namespace}`,
    },
    {
      title: 'or send to the number at once',
      command: sendTo('<NUMBER>'),
      risk: 'low',
      undo: sendTo(`"${name}"`),
    },
  ];
}
