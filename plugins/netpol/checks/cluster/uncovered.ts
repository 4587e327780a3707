import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { PodClass } from '../../../../shared/policy/many/classes.ts';
import { buildProfiles, type Profiles } from '../../../../shared/policy/many/profiles.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import { compareText, joinNames, plural } from '../../../../shared/util/text.ts';
import type { ClusterCheck, ClusterSubject } from '../../lint/cluster-subject.ts';
import { lintModelIn } from '../../lint/lint-facts.ts';
import { classesIn } from '../../lint/members.ts';
import { policySubjects } from '../../lint/policy-subject.ts';
import { clusterMessages } from '../../messages/cluster.ts';

/** Namespaces of the cluster itself, where nobody expects policies. */
const OWN =
  /^(?:kube-(?:system|public|node-lease)|openshift-.*|local-path-storage|calico-system|tigera-operator|kube-flannel)$/;

/** Namespaces and workloads that no policy selects for ingress. Where there is no policy at all there is nothing to lint. */
export const nothingCovers: ClusterCheck = defineCheck<ClusterSubject>({
  id: 'netpol/nothing-covers',
  group: 'coverage',
  needs: ['NetworkPolicy', 'Pod'],
  uses: POLICY_FACT_KINDS.filter((kind) => kind !== 'NetworkPolicy' && kind !== 'Pod'),
  run: ({ namespace }, { index }) => {
    if (namespace === undefined && policySubjects(index, undefined).length === 0) return [];
    const model = lintModelIn(index);
    const profiles = ingressProfiles(index);
    return [...classesIn(model).byNamespace]
      .filter(([name]) => (namespace === undefined ? !OWN.test(name) : name === namespace))
      .sort(([a], [b]) => compareText(a, b))
      .flatMap(([name, { classes }]) => judge(index, name, classes, profiles));
  },
});

function ingressProfiles(index: ClusterIndex): Profiles {
  const model = lintModelIn(index);
  return model.memo('lint/profiles/ingress', () => buildProfiles(model, classesIn(model), 'ingress'));
}

function judge(index: ClusterIndex, namespace: string, classes: readonly PodClass[], { of }: Profiles) {
  const model = lintModelIn(index);
  const own = classes.filter(({ unit }) => !unit.hostNetwork);
  const open = own.filter(({ id }) => (of[id]?.tiers ?? []).length === 0);
  if (open.length === 0) return [];
  const subject = { kind: 'Namespace', name: namespace };
  const pods = open.flatMap((cls) => cls.pods);
  const evidence = [
    {
      fact: `${plural(pods.length, 'pod')} of ${own.flatMap((cls) => cls.pods).length} are not selected for ingress`,
      source: '',
    },
  ];
  if (open.length === own.length) {
    const args = { namespace, pods: plural(pods.length, 'pod') };
    return [clusterMessages.POL411.raise({ subject, args, evidence })];
  }
  const names = [...new Set(pods.map((pod) => `${model.workloadOf(pod).kind} ${model.workloadOf(pod).name}`))].sort(
    compareText,
  );
  const args = { workloads: joinNames(names, 4), namespace, verb: names.length === 1 ? 'is' : 'are' };
  return [clusterMessages.POL412.raise({ subject, args, evidence })];
}

/** Calico and Cilium policies, once for each family. */
export const policiesNotJudged: ClusterCheck = defineCheck<ClusterSubject>({
  id: 'netpol/policies-not-judged',
  group: 'coverage',
  needs: [],
  uses: POLICY_FACT_KINDS,
  run: ({ namespace }, { index }) => {
    const byFamily = new Map<string, { readonly kind: string; readonly namespace?: string; readonly name: string }[]>();
    for (const { ref, unjudged } of lintModelIn(index).policies) {
      if (unjudged?.why !== 'family') continue;
      if (namespace !== undefined && ref.namespace !== undefined && ref.namespace !== namespace) continue;
      byFamily.set(unjudged.reason, [...(byFamily.get(unjudged.reason) ?? []), ref]);
    }
    return [...byFamily].flatMap(([family, refs]) => {
      const [first] = refs;
      if (first === undefined) return [];
      const names = refs.map((ref) => (ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`));
      return [
        clusterMessages.POL413.raise({
          subject: first,
          args: { policies: plural(refs.length, 'policy', 'policies'), family },
          evidence: [{ fact: joinNames(names, 6), source: first.kind }],
        }),
      ];
    });
  },
});
