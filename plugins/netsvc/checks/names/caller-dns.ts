import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { dnsPolicyFix } from '../../../../shared/diagnose/dns-policy-fix.ts';
import { DEFAULT_CLUSTER_DOMAIN } from '../../../../shared/dns/service-names.ts';
import type { Severity } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { WORKLOAD_KINDS } from '../../../../shared/model/owners.ts';
import { formatRef, refKey } from '../../../../shared/model/refs.ts';
import { namesMessages } from '../../messages/names.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { callerPod } from '../exposure/places.ts';
import { type Caller, callerName, callerOfPod, referencesTo } from './callers.ts';
import { type DnsTrap, dnsTrap } from './dns-trap.ts';

/** A caller that cannot resolve names of Services, because its questions do not go to the cluster's DNS. */
export const callerDns = defineCheck<ServiceSubject>({
  id: 'netsvc/caller-dns',
  group: 'names',
  needs: [],
  uses: [...WORKLOAD_KINDS, 'Pod', 'ConfigMap', 'Service', 'Node'],
  run: (subject, { index, from }) => {
    const pod = callerPod(index, from);
    const asked = pod === undefined ? [] : [callerOfPod(index, pod)];
    const callers = asked.length > 0 ? asked : callersByName(index, subject);
    return callers.flatMap((caller) => {
      const trap: CallerTrap | undefined = dnsTrap(index, caller.spec) ?? shortNameTrap(index, subject, caller);
      if (trap === undefined) return [];
      return [
        namesMessages.SVC852.raise({
          subject: caller.ref,
          args: {
            service: `${subject.namespace}/${subject.name}`,
            caller: callerName(caller),
            why: trap.why,
            fixes: caller.owner === undefined ? [] : dnsPolicyFix(caller.owner, caller.spec, trap.better),
          },
          severity: trap.severity ?? (asked.length > 0 ? 'critical' : 'warning'),
          evidence: [{ fact: trap.why, source: `${formatRef(caller.ref)} dnsPolicy` }],
        }),
      ];
    });
  },
});

/** Workloads that name this Service in their environment or arguments. */
function callersByName(index: ClusterIndex, subject: ServiceSubject): readonly Caller[] {
  const callers = new Map<string, Caller>();
  for (const { caller } of referencesTo(index, subject.namespace, subject.name))
    callers.set(refKey(caller.ref), caller);
  return [...callers.values()];
}

interface CallerTrap extends DnsTrap {
  /** Where it is another than that of a caller that asks no server of the cluster at all. */
  readonly severity?: Severity;
}

/** The cluster's DNS, and no search list: whole names resolve, shorter ones do not (the kubelet adds nothing to None). */
function shortNameTrap(index: ClusterIndex, subject: ServiceSubject, caller: Caller): CallerTrap | undefined {
  const { dnsPolicy, dnsConfig } = caller.spec ?? {};
  const searches = dnsConfig?.searches ?? [];
  if (dnsPolicy !== 'None' || searches.some((entry) => /(^|\.)svc\.|^cluster\./.test(entry))) return undefined;
  const used = referencesTo(index, subject.namespace, subject.name)
    .filter((reference) => refKey(reference.caller.ref) === refKey(caller.owner ?? caller.ref))
    .map(({ host }) => host);
  const short = used.filter((host) => !host.includes('.svc.'));
  if (used.length > 0 && short.length === 0) return undefined;
  const whole = `${subject.name}.${subject.namespace}.svc.${DEFAULT_CLUSTER_DOMAIN}`;
  return {
    why: `dnsPolicy None without a search list: ${short[0] ?? subject.name} alone is looked up as it stands; use ${whole}`,
    better: 'ClusterFirst',
    severity: short.length > 0 ? 'warning' : 'info',
  };
}
