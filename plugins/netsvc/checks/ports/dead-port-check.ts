import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding, Severity } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Ref } from '../../../../shared/model/refs.ts';
import type { ServiceCheck, ServiceSubject } from '../../service-subject.ts';
import type { Fault } from './backends.ts';
import type { Sign } from './container-signs.ts';
import { type DeadGroup, deadGroups, failingPods, impactOf, severityOf } from './dead-port.ts';
import { PORT_USES } from './port-uses.ts';
import { evidenceOf, ownersWords, portWords } from './port-words.ts';

/** A group of pods that fails a port in one way. */
export type DeadIn<State extends Fault['state']> = DeadGroup & {
  readonly fault: Extract<Fault, { readonly state: State }>;
};

/** What every finding about a dead port holds. */
export interface DeadPort {
  readonly index: ClusterIndex;
  readonly subject: ServiceSubject;
  readonly facts: {
    readonly subject: Ref;
    readonly severity: Severity;
    readonly confidence?: 'possible';
    readonly impact: number;
    readonly evidence: readonly Evidence[];
  };
  readonly args: { readonly service: string; readonly port: string; readonly number: number; readonly owners: string };
  /** The pods whose readiness failure follows from it, as the field of a finding; empty when none does. */
  readonly pods: { readonly pods?: readonly string[] };
}

/** A check of one way in which a Service port can be dead: a finding for each group of pods that fails so. */
export function deadPortCheck<State extends Fault['state']>(
  id: string,
  state: State,
  judge: (group: DeadIn<State>, found: DeadPort) => Finding | undefined,
): ServiceCheck {
  return defineCheck<ServiceSubject>({
    id,
    group: 'ports',
    needs: ['Pod'],
    uses: PORT_USES,
    applies: (subject) => subject.selector !== undefined && subject.ports.length > 0,
    run: (subject, { index, now }) =>
      deadGroups(index, subject).flatMap((group) => {
        if (!isIn(group, state)) return [];
        const pods = failingPods(index, group);
        // That an app reads a file so is only believed where nobody answers on the port.
        const isGuess = pods === undefined && signsOf(group).some(({ guess }) => guess === true);
        const finding = judge(group, {
          index,
          subject,
          facts: {
            subject: subject.ref,
            severity: isGuess ? 'warning' : severityOf(index, subject, group),
            ...(isGuess ? { confidence: 'possible' as const } : {}),
            impact: impactOf(subject, group),
            evidence: evidenceOf(index, subject, group, now),
          },
          args: {
            service: `${subject.namespace}/${subject.name}`,
            port: portWords(subject, group.port),
            number: group.number,
            owners: ownersWords(group.backends, group.all),
          },
          pods: pods === undefined ? {} : { pods },
        });
        return finding === undefined ? [] : [finding];
      }),
  });
}

function signsOf({ fault }: DeadGroup): readonly Sign[] {
  return fault.state === 'elsewhere' ? fault.signs : [];
}

function isIn<State extends Fault['state']>(group: DeadGroup, state: State): group is DeadIn<State> {
  return group.fault.state === state;
}
