import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { ServicePort } from '../../../../shared/model/objects-network.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { ownerWorkload } from '../../../../shared/model/owners.ts';
import { declaredPorts } from '../../../../shared/model/pods.ts';
import { refKey } from '../../../../shared/model/refs.ts';
import { portsMessages } from '../../messages/ports.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { target } from '../pods/containers/workload-commands.ts';
import type { Backend } from './backends.ts';
import type { DeadGroup } from './dead-port.ts';
import { deadPortCheck } from './dead-port-check.ts';
import { formerPort } from './former-port.ts';
import { bestPort, targetPortFix } from './port-fixes.ts';
import { elsewhereWords, sendsWords } from './port-words.ts';

/**
 * The targetPort is a number that no container declares, and the containers listen elsewhere. Declaring is optional, so
 * it takes more than a missing declaration: another declared port, a probe that passes, a command line, a log.
 */
export const targetPortNotServed = deadPortCheck(
  'netsvc/target-port-not-served',
  'elsewhere',
  (group, { index, subject, facts, args }) => {
    const { fault, port, number } = group;
    if (fault.declared || isWeakForHeadless(subject, group)) return undefined;
    const to = bestPort(port, fault.ports);
    const former = formerPort(index, group.backends[0]?.owner, number);
    return portsMessages.SVC401.raise({
      ...facts,
      args: {
        sends: sendsWords(subject, port, number),
        owners: args.owners,
        container: fault.container,
        instead: elsewhereWords(fault) + former.words,
      },
      severity: subject.headless ? 'warning' : facts.severity,
      evidence: [...facts.evidence, ...former.evidence],
      fixes: [
        ...former.fixes,
        ...(to === undefined ? [] : (partialFixes(index, subject, group) ?? [targetPortFix(subject, port, to)])),
      ],
    });
  },
);

/**
 * When only some pods are wrong, the port that is right for them would be wrong for the others: a name that all of them
 * declare serves both, else the newer revision has to go back, or the other workload to wait.
 */
function partialFixes(
  index: ClusterIndex,
  subject: ServiceSubject,
  { port, all, backends }: DeadGroup,
): readonly Fix[] | undefined {
  if (backends.length === all.length) return undefined;
  const name = commonName(all, port);
  if (name !== undefined) return [targetPortFix(subject, port, name)];
  const [bad] = backends;
  const good = all.filter((backend) => !backends.includes(backend));
  if (bad?.owner.kind !== 'Deployment') return [];
  if (!good.some(({ owner }) => refKey(owner) === refKey(bad.owner))) return withoutPods(bad, index);
  const command = `kubectl rollout undo deployment/${bad.owner.name} -n ${subject.namespace}`;
  return isNewest(
    bad.pod,
    good.map(({ pod }) => pod),
  )
    ? [{ title: 'go back to the revision that serves the port', command, risk: 'low', undo: command }]
    : [];
}

/** Another workload beside the one that serves the port keeps its share of requests until it has no pods. */
function withoutPods({ owner, pod }: Backend, index: ClusterIndex): readonly Fix[] {
  const replicas = ownerWorkload(index, pod)?.object.spec?.replicas;
  const scale = (to: number): string => `kubectl scale ${target(owner)} --replicas=${to}`;
  if (replicas === undefined || replicas === 0) return [];
  const title = `run no pods of Deployment ${owner.name} until they serve the port`;
  return [{ title, command: scale(0), risk: 'low', undo: scale(replicas) }];
}

/** A port name that every pod declares, if there is exactly one. */
function commonName(all: readonly Backend[], port: ServicePort): string | undefined {
  const protocol = port.protocol ?? 'TCP';
  const names = all.map(({ pod }) =>
    declaredPorts(pod.spec).flatMap((declared) => (declared.protocol === protocol ? [declared.name ?? ''] : [])),
  );
  const shared = (names[0] ?? []).filter((name) => name !== '' && names.every((list) => list.includes(name)));
  return shared.length === 1 ? shared[0] : undefined;
}

function isNewest(pod: Pod, others: readonly Pod[]): boolean {
  const born = (one: Pod): string => one.metadata?.creationTimestamp ?? '';
  return others.every((other) => born(other) <= born(pod));
}

/** Clients of a headless Service dial the pods themselves, so a port that is merely undeclared misleads nobody. */
function isWeakForHeadless(subject: ServiceSubject, { fault }: DeadGroup): boolean {
  return subject.headless && fault.state === 'elsewhere' && fault.signs.length === 0;
}
