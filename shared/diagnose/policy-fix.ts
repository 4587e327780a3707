import type { Fix } from '../messages/finding.ts';
import { applyLine } from '../util/kubectl.ts';

/** A NetworkPolicy of its own that lets something through, taken back by its name. */
export function policyFix(title: string, name: string, namespace: string, spec: object): Fix {
  return {
    title,
    command: applyLine({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace },
      spec,
    }),
    risk: 'low',
    undo: `kubectl delete networkpolicy ${name} -n ${namespace}`,
  };
}
