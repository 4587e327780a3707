import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { ownerWorkload } from '../../../../shared/model/owners.ts';
import { formatRef, refKey } from '../../../../shared/model/refs.ts';
import { plural } from '../../../../shared/util/text.ts';
import { portsMessages } from '../../messages/ports.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { stemOf } from '../selector/version-words.ts';
import type { Backend } from './backends.ts';
import { declaredWords, type NamedPort, namedPorts } from './named-ports.ts';
import { patchTarget, targetPortFix, workloadPatch } from './port-fixes.ts';
import { PORT_USES } from './port-uses.ts';
import { ownersWords, portEvidence, portWords } from './port-words.ts';

/** Some pods lack the name: they get no requests, and if they are the new revision, soon nobody will. */
export const namedPortMissingInSome = defineCheck<ServiceSubject>({
  id: 'netsvc/named-port-missing-in-some-pods',
  group: 'ports',
  needs: ['Pod'],
  uses: PORT_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) =>
    namedPorts(index, subject)
      .filter(({ all, without }) => without.length > 0 && without.length < all.length)
      .map((entry) => {
        const { without, all, name, port } = entry;
        const others = all.filter((backend) => backend.number !== undefined);
        return portsMessages.SVC406.raise({
          subject: subject.ref,
          args: {
            service: `${subject.namespace}/${subject.name}`,
            port: portWords(subject, port),
            name,
            owners: ownersWords(without, all),
            declared: declaredWords(without),
            others: others.length === 0 ? 'nobody' : ownersWords(others, all),
          },
          severity: isMeant(without, others) ? 'info' : 'warning',
          impact: others.some((backend) => backend.rotating) ? 0.1 : 1 / subject.ports.length,
          evidence: [
            ...portEvidence(subject, port),
            ...groupEvidence(without, `no port named ${name}`),
            ...groupEvidence(others, `port ${name}=${others[0]?.number ?? ''}`),
          ],
          fixes: fixesOf(index, subject, entry, others),
        });
      }),
});

/** Pods of another app beside one that has the name do no harm: the Service leaves them out, which may be the plan. */
function isMeant(without: readonly Backend[], others: readonly Backend[]): boolean {
  const apps = new Set(others.map(({ owner }) => stemOf(owner.name)));
  return without.every(({ owner }) => ['Job', 'CronJob', 'Pod'].includes(owner.kind) || !apps.has(stemOf(owner.name)));
}

function groupEvidence(backends: readonly Backend[], fact: string): readonly { fact: string; source: string }[] {
  const [first] = backends;
  if (first === undefined) return [];
  const revision = first.revision === '' ? '' : `, ${first.revision}`;
  return [{ fact: `${plural(backends.length, 'pod')}: ${fact}`, source: `${formatRef(first.owner)}${revision}` }];
}

function fixesOf(
  index: ClusterIndex,
  subject: ServiceSubject,
  { port, name, without, all }: NamedPort,
  others: readonly Backend[],
): readonly Fix[] {
  const [bad] = without;
  const [good] = others;
  const numbers = new Set(others.map(({ number }) => number));
  const declaredByAll = [...numbers].find(
    (number) =>
      number !== undefined &&
      all.every(({ pod }) =>
        (pod.spec?.containers ?? []).some((c) => c.ports?.some((p) => p.containerPort === number)),
      ),
  );
  // The same number under another name: the number serves all revisions at once.
  if (declaredByAll !== undefined && numbers.size === 1) return [targetPortFix(subject, port, declaredByAll)];
  if (bad === undefined || good === undefined) return [];
  const owner = ownerWorkload(index, bad.pod);
  if (owner?.kind === 'Deployment' && refKey(bad.owner) === refKey(good.owner)) {
    const command = `kubectl rollout undo deployment/${owner.ref.name} -n ${subject.namespace}`;
    return [{ title: 'go back to the revision that declares it', command, risk: 'low', undo: command }];
  }
  const container = bad.pod.spec?.containers?.[0]?.name ?? '';
  const target = patchTarget(index, bad, container);
  if (target === undefined || target.container.ports !== undefined || good.number === undefined) return [];
  const add = [{ op: 'add', path: `${target.path}/ports`, value: [{ name, containerPort: good.number }] }];
  return [
    {
      title: `declare ${name} in ${owner?.kind ?? 'the workload'} ${owner?.ref.name ?? ''} (restarts its pods)`,
      command: workloadPatch(target.workload, add),
      risk: 'low',
      undo: workloadPatch(target.workload, [{ op: 'remove', path: `${target.path}/ports` }]),
    },
  ];
}
