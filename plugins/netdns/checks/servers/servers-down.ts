import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { sickEvidence } from '../../../../shared/diagnose/sick-evidence.ts';
import { type ClusterDns, dnsServersRef, isServedElsewhere } from '../../../../shared/dns/cluster-dns.ts';
import type { Evidence, Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { formatRef, nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import type { SickPod } from '../../../../shared/model/sick-pods.ts';
import { formatDuration } from '../../../../shared/util/duration.ts';
import { shorten } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { serversMessages } from '../../messages/servers.ts';
import { SERVER_KINDS, type ServerState, serverState } from './server-facts.ts';

/** No DNS server is ready, or some are not: with the reason of the first that is sick. */
export const serversDown = defineCheck<DnsSubject>({
  id: 'netdns/servers-down',
  group: 'servers',
  needs: [],
  uses: [...SERVER_KINDS],
  applies: ({ dns }) => dns === undefined || !isServedElsewhere(dns),
  run: ({ dns }, { index, now }) => {
    if (dns === undefined) return [];
    const ref = dnsServersRef(dns);
    if (dns.workload?.kind === 'Deployment' && dns.workload.object.spec?.replicas === 0) {
      return [
        serversMessages.DNS102.raise({
          subject: ref,
          args: { dns: formatRef(ref), namespace: dns.namespace, name: nameOf(dns.workload.object) },
          evidence: [{ fact: 'replicas: 0', source: `${formatRef(ref)} spec.replicas` }],
        }),
      ];
    }
    const state = serverState(index, dns, now);
    if (state.all === 0 || state.ready >= state.all) return [];
    if (state.ready > 0) return partly(dns, state, now);
    return [down(index, dns, state, now)];
  },
});

function down(index: ClusterIndex, dns: ClusterDns, state: ServerState, now: number): Finding {
  const ref = dnsServersRef(dns);
  const refusal = state.pods.length === 0 ? creationRefusal(index, dns) : undefined;
  const why =
    state.pods.length === 0
      ? `it has no pods${refusal === undefined ? '' : `: ${refusal.fact}`}`
      : `0 of ${state.all} pods ready${state.sick.length === 0 ? youth(state, now) : reasonIn(state.sick)}`;
  return serversMessages.DNS101.raise({
    subject: ref,
    args: { dns: formatRef(ref), why },
    evidence: [
      ...(refusal === undefined ? [] : [refusal]),
      ...state.sick.slice(0, 3).map((pod) => sickEvidence(pod, now)),
    ],
    fixes: lookFixes(dns, state.sick),
    ...(state.pods.length === 0 ? {} : { pods: state.pods.map((pod) => `${dns.namespace}/${nameOf(pod)}`) }),
  });
}

function partly(dns: ClusterDns, state: ServerState, now: number): readonly Finding[] {
  const refusal = state.pods.length < state.all ? refusedNow(dns) : undefined;
  if (state.sick.length === 0 && refusal === undefined) return [];
  const ref = dnsServersRef(dns);
  const [first] = state.sick;
  return [
    serversMessages.DNS103.raise({
      subject: ref,
      args: {
        dns: formatRef(ref),
        ready: state.ready,
        all: state.all,
        why:
          first === undefined ? `others cannot be created: ${refusal?.fact ?? ''}` : `${first.name}: ${wordsOf(first)}`,
      },
      impact: 0.2,
      evidence: [
        ...(refusal === undefined ? [] : [refusal]),
        ...state.sick.slice(0, 3).map((pod) => sickEvidence(pod, now)),
      ],
      fixes: first === undefined ? [goBack(dns)] : lookFixes(dns, state.sick),
      pods: state.sickKeys,
    }),
  ];
}

/** Servers that have only just started are on their way; until then, nobody answers. */
function youth({ pods }: ServerState, now: number): string {
  const [youngest = Number.NaN] = pods
    .map(({ metadata }) => now - Date.parse(metadata?.creationTimestamp ?? ''))
    .sort((a, b) => a - b);
  return Number.isNaN(youngest)
    ? ''
    : `, ${pods.length === 1 ? 'it is' : 'the youngest is'} ${formatDuration(youngest)} old`;
}

function reasonIn(sick: readonly SickPod[]): string {
  const [first] = sick;
  return first === undefined ? '' : ` (${wordsOf(first)})`;
}

function wordsOf({ reason, message }: SickPod): string {
  return message === '' ? reason : `${reason}: ${message}`;
}

/** What the controller says of pods that it may not create, now. */
function refusedNow({ workload }: ClusterDns): Evidence | undefined {
  const condition = (workload?.object.status?.conditions ?? []).find(
    ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
  );
  if (workload === undefined || condition?.message === undefined) return undefined;
  const source = `${workload.kind} ${namespaceOf(workload.object)}/${nameOf(workload.object)} status`;
  return { fact: shorten(condition.message, 300), source };
}

/** Why the controller could not create pods: quota, admission, a missing ServiceAccount. */
function creationRefusal(index: ClusterIndex, dns: ClusterDns): Evidence | undefined {
  const { workload } = dns;
  const now = refusedNow(dns);
  if (workload === undefined || now !== undefined) return now;
  const sets = index
    .list('ReplicaSet', dns.namespace)
    .filter(({ metadata }) => metadata?.ownerReferences?.some(({ name }) => name === nameOf(workload.object)));
  const events = [
    ...sets.flatMap((set) => index.events(set, 'ReplicaSet')),
    ...index.events(workload.object, workload.kind),
  ];
  const failed = events.findLast(({ reason }) => reason === 'FailedCreate');
  return failed === undefined
    ? undefined
    : {
        fact: shorten(failed.message, 300),
        source: `event FailedCreate of ${failed.object.kind} ${failed.object.name}`,
      };
}

function lookFixes(dns: ClusterDns, sick: readonly SickPod[]): readonly Fix[] {
  const { namespace, workload } = dns;
  const [first] = sick;
  if (first === undefined) {
    const ref = dnsServersRef(dns);
    return [
      {
        title: 'see what happens to it',
        command: `kubectl describe ${ref.kind.toLowerCase()} ${ref.name} -n ${namespace}`,
        risk: 'none',
      },
    ];
  }
  const describe: Fix = {
    title: 'see what happens to the pod',
    command: `kubectl describe pod ${first.name} -n ${namespace}`,
    risk: 'none',
  };
  // What never ran has no log.
  if (/Image/.test(first.reason)) return [describe, ...(workload === undefined ? [] : [goBack(dns)])];
  if (/Pending|ContainerCreating|PodInitializing|Create|Config|^not ready/.test(first.reason)) return [describe];
  return [
    {
      title: 'read why it stops',
      command: `kubectl logs ${first.name} -n ${namespace} --previous --tail=20`,
      risk: 'none',
    },
    describe,
  ];
}

function goBack(dns: ClusterDns): Fix {
  const { kind, name, namespace } = dnsServersRef(dns);
  return {
    title: 'or go back to the release before',
    command: `kubectl rollout undo ${kind.toLowerCase()} ${name} -n ${namespace}`,
    risk: 'low',
    undo: `kubectl rollout undo ${kind.toLowerCase()} ${name} -n ${namespace}`,
  };
}
