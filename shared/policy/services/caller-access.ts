import type { Service } from '../../model/objects-network.ts';
import type { Pod } from '../../model/objects-pod.ts';
import type { Ref } from '../../model/refs.ts';
import { namespaceOrDefault } from '../../model/refs.ts';
import { evaluateUnits } from '../evaluate/evaluate.ts';
import { unitRef } from '../evaluate/explain-peer.ts';
import type { Answer, Verdict } from '../evaluate/verdict.ts';
import type { PolicyModel } from '../model.ts';
import type { Protocol } from '../rules/port-set.ts';
import type { PodUnit } from '../rules/units.ts';
import { serviceTargets } from './service-targets.ts';

/** What policies make of one caller's way to a Service: its own egress and the pods' ingress. */
export interface CallerAccess {
  readonly caller: Ref;
  readonly service: Ref;
  readonly ports: readonly CallerPort[];
}

export interface CallerPort {
  readonly servicePort: number;
  readonly name: string | undefined;
  readonly protocol: Protocol;
  readonly targetPort: number | string;
  /** Pods by answer. A pod that does not declare the named target port is in none. */
  readonly yes: readonly Ref[];
  readonly no: readonly Ref[];
  readonly depends: readonly Ref[];
  readonly unresolved: readonly Ref[];
  /** The answer for the first pod that is kept out, else for the first that is not sure, else for the first. */
  readonly told: ToldVerdict | undefined;
}

export interface ToldVerdict {
  readonly pod: Ref;
  readonly port: number;
  readonly verdict: Verdict;
}

/**
 * Judges a caller's traffic to the pods behind a Service, on the ports they see after translation. For DNS ask it about
 * the DNS Service and its pods: ports UDP and TCP 53 come out as two entries.
 */
export function callerAccess(model: PolicyModel, caller: Pod, service: Service, pods: readonly Pod[]): CallerAccess {
  const from = model.unitOf(caller);
  return {
    caller: unitRef(from),
    service: {
      kind: 'Service',
      namespace: namespaceOrDefault(service),
      name: service.metadata?.name ?? '',
    },
    ports: serviceTargets(service, pods).map(({ servicePort, name, protocol, targetPort, targets }) => {
      const unresolved: Ref[] = [];
      const asked: ToldVerdict[] = [];
      for (const { pod, port } of targets) {
        const to: PodUnit = model.unitOf(pod);
        if (port === undefined) unresolved.push(unitRef(to));
        else asked.push({ pod: unitRef(to), port, verdict: evaluateUnits(model, from, to, { protocol, port }) });
      }
      const answered = (wanted: Answer): readonly Ref[] =>
        asked.filter(({ verdict }) => verdict.answer === wanted).map(({ pod }) => pod);
      const told = (['no', 'depends', 'yes'] as const)
        .map((wanted) => asked.find(({ verdict }) => verdict.answer === wanted))
        .find((entry) => entry !== undefined);
      const [yes, no, depends] = [answered('yes'), answered('no'), answered('depends')];
      return { servicePort, name, protocol, targetPort, yes, no, depends, unresolved, told };
    }),
  };
}
