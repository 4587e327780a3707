import type { KubeObject, LabelSelector } from '../../../../shared/model/objects.ts';
import { DIRECTIONS } from '../../../../shared/policy/rules/rules.ts';
import type { AdminSubject } from '../../../../shared/policy/rules/types.ts';
import type { AnyAdminPolicy, AnyRule } from './admin-rule-form.ts';
import { type FormProblem, protocolProblem, selectorProblems } from './form-problems.ts';

/**
 * What the definitions of the cluster-wide kinds let pass and nobody can carry out: selectors are checked by their shape
 * alone there, and a protocol is any text (kubernetes-sigs/network-policy-api, config/crd).
 */
export function unreadableIn(object: KubeObject): readonly FormProblem[] {
  const { spec = {} } = object as AnyAdminPolicy;
  const problems = inPods(spec.subject, 'spec.subject');
  for (const direction of DIRECTIONS) {
    (spec[direction] ?? []).forEach((rule, at) => {
      problems.push(...inRule(rule, `spec.${direction}[${at}]`));
    });
  }
  return problems;
}

function inRule(rule: AnyRule | null, field: string): readonly FormProblem[] {
  const { from, to, ports } = rule ?? {};
  const problems: FormProblem[] = [];
  for (const [name, peers] of Object.entries({ from, to })) {
    (peers ?? []).forEach((peer, at) => {
      const place = `${field}.${name}[${at}]`;
      problems.push(...inPods(peer, place), ...inSelector(peer?.nodes, `${place}.nodes`));
    });
  }
  (ports ?? []).forEach((entry, at) => {
    const { portNumber, portRange } = entry ?? {};
    for (const [name, part] of Object.entries({ portNumber, portRange })) {
      const problem = part?.protocol === undefined ? undefined : protocolProblem(part.protocol);
      if (problem !== undefined) problems.push({ field: `${field}.ports[${at}].${name}.protocol`, problem });
    }
    const { start = 0, end = 0 } = portRange ?? {};
    if (start > end) {
      const problem = `start ${start} lies behind end ${end}, and no port between them`;
      problems.push({ field: `${field}.ports[${at}].portRange`, problem });
    }
  });
  return problems;
}

function inPods(subject: AdminSubject | null | undefined, field: string): FormProblem[] {
  const { namespaces, pods } = subject ?? {};
  return [
    ...inSelector(namespaces, `${field}.namespaces`),
    ...inSelector(pods?.namespaceSelector, `${field}.pods.namespaceSelector`),
    ...inSelector(pods?.podSelector, `${field}.pods.podSelector`),
  ];
}

function inSelector(selector: LabelSelector | null | undefined, field: string): readonly FormProblem[] {
  return selectorProblems(selector).map((one) => ({ field: `${field}${one.field}`, problem: one.problem }));
}
