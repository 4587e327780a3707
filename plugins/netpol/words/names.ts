import { formatRef, longName, type Ref } from '../../../shared/model/refs.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import type { Naming } from './misses.ts';

/** Calls the stand-ins of a model by the workload whose template they are: `Deployment shop/web`. */
export function namingOf(model: PolicyModel): Naming {
  const standIns = model.memo('netpol/stand-ins', () => {
    const real = new Set(model.facts.pods);
    return new Map(
      model.pods.filter((pod) => !real.has(pod)).map((pod) => [longName(pod), formatRef(model.workloadOf(pod))]),
    );
  });
  return (ref: Ref) =>
    (ref.kind === 'Pod' ? standIns.get(`${ref.namespace ?? ''}/${ref.name}`) : undefined) ?? formatRef(ref);
}
