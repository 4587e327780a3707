import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { DIRECTIONS } from '../../../../shared/policy/rules/rules.ts';
import { atField } from '../../lint/places.ts';
import type { LintedKind, PolicySubject } from '../../lint/policy-subject.ts';
import { formMessages } from '../../messages/form.ts';
import { type AnyAdminPolicy, adminRuleProblems, type KindForm, podsProblems } from './admin-rule-form.ts';
import { type FormProblem, metaProblems } from './form-problems.ts';
import { unknownFieldsOf } from './unknown-fields.ts';
import { isOfNewer, unknownFinding } from './unknown-finding.ts';
import { unreadableIn } from './unreadable.ts';

/** Actions by kind; a baseline has nothing behind it that a rule could pass to. */
const ACTIONS: Readonly<Record<Exclude<LintedKind, 'NetworkPolicy'>, readonly string[]>> = {
  AdminNetworkPolicy: ['Allow', 'Deny', 'Pass'],
  BaselineAdminNetworkPolicy: ['Allow', 'Deny'],
  ClusterNetworkPolicy: ['Accept', 'Deny', 'Pass'],
};

const OLDER: KindForm = { most: 100, ports: 'ports', pods: ['namespaceSelector', 'podSelector'] };

const FORMS: Readonly<Record<Exclude<LintedKind, 'NetworkPolicy'>, KindForm>> = {
  AdminNetworkPolicy: OLDER,
  BaselineAdminNetworkPolicy: OLDER,
  ClusterNetworkPolicy: { most: 25, ports: 'protocols', pods: ['podSelector'] },
};

/** Fields of the cluster-wide kinds that their schemas refuse (priority 0 to 1000, actions, tiers, peers, names). */
export const adminPolicyIsNotValid = defineCheck<PolicySubject>({
  id: 'netpol/admin-policy-is-not-valid',
  group: 'form',
  needs: [],
  uses: ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'],
  applies: ({ kind }) => kind !== 'NetworkPolicy',
  run: (subject, { index }) => {
    const raise = ({ field, problem }: FormProblem): Finding =>
      formMessages.POL323.raise({
        subject: subject.ref,
        args: { policy: formatRef(subject.ref), field, problem, fixes: [] },
        evidence: [atField(index, subject, field, problem)],
      });
    const unknown = unknownFieldsOf(subject.kind, subject.object).map((one) =>
      isOfNewer(subject, one) ? unknownFinding(index, subject, one) : raise(one),
    );
    const unreadable = unreadableIn(subject.object).map(({ field, problem }) =>
      formMessages.POL327.raise({
        subject: subject.ref,
        args: { policy: formatRef(subject.ref), field, problem },
        evidence: [atField(index, subject, field, problem)],
      }),
    );
    return [...unknown, ...problemsOf(subject).map(raise), ...unreadable];
  },
});

function problemsOf({ kind, object, ref }: PolicySubject): readonly FormProblem[] {
  if (kind === 'NetworkPolicy') return [];
  const { spec = {} } = object as AnyAdminPolicy;
  const { priority, tier } = spec;
  const problems = [...metaProblems(object.metadata ?? {})];
  if (kind === 'BaselineAdminNetworkPolicy') {
    if (ref.name !== 'default')
      problems.push({ field: 'metadata.name', problem: 'the one baseline policy is called default' });
  } else if (priority === undefined || !Number.isInteger(priority) || priority < 0 || priority > 1000) {
    problems.push({ field: 'spec.priority', problem: `${priority ?? 'missing'}: it goes from 0 to 1000` });
  }
  if (kind === 'ClusterNetworkPolicy' && tier !== 'Admin' && tier !== 'Baseline') {
    problems.push({ field: 'spec.tier', problem: `"${tier ?? ''}" is neither Admin nor Baseline` });
  }
  const { namespaces, pods } = spec.subject ?? {};
  if ((namespaces ? 1 : 0) + (pods ? 1 : 0) !== 1) {
    problems.push({ field: 'spec.subject', problem: 'exactly one of namespaces and pods must be set' });
  }
  const form = FORMS[kind];
  for (const problem of podsProblems(spec.subject ?? {}, form)) problems.push({ field: 'spec.subject', problem });
  const actions = ACTIONS[kind];
  for (const direction of DIRECTIONS) {
    (spec[direction] ?? []).forEach((rule, at) => {
      const field = `spec.${direction}[${at}]`;
      const action = rule?.action ?? '';
      if (!actions.includes(action)) {
        problems.push({ field: `${field}.action`, problem: `"${action}" is none of ${actions.join(', ')}` });
      }
      const name = direction === 'ingress' ? 'from' : 'to';
      const peers = rule?.[name] ?? [];
      if (peers.length === 0) problems.push({ field: `${field}.${name}`, problem: 'at least one peer must be named' });
      for (const one of adminRuleProblems(rule, form)) {
        problems.push({ field: `${field}${one.field}`, problem: one.problem });
      }
    });
    const count = (spec[direction] ?? []).length;
    if (count > form.most)
      problems.push({ field: `spec.${direction}`, problem: `${count} rules, and ${form.most} are the most` });
  }
  return problems;
}
