import { clusterPolicyFor, dnsPolicyFix } from '../../../shared/diagnose/dns-policy-fix.ts';
import type { Finding } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { ownerOrPod } from '../../../shared/model/owners.ts';
import { podKey } from '../../../shared/model/pods.ts';
import { joinNames } from '../../../shared/util/text.ts';
import { namesMessages } from '../messages/names.ts';
import { aliasFindings } from './alias-findings.ts';
import { answersOtherwise, oneSided, wildcard } from './answer-findings.ts';
import type { NameQuestion } from './name-question.ts';
import { readName } from './name-reading.ts';
import { subjectOf } from './question-words.ts';
import { unresolved } from './unresolved-findings.ts';

/** What is wrong with a name for its caller: the name, the caller's resolver, or the servers' answers. */
export function nameFindings(question: NameQuestion): readonly Finding[] {
  const otherwise = answersOtherwise(question);
  const aliases = aliasFindings(question);
  return [
    ...elsewhere(question),
    ...otherwise,
    ...(otherwise.length > 0 ? [] : oneSided(question)),
    ...wildcard(question),
    ...(aliases.length > 0 ? aliases : otherwise.length > 0 ? [] : unresolved(question)),
  ];
}

/** A name of the cluster asked by a pod whose resolver asks other servers. */
function elsewhere(question: NameQuestion): readonly Finding[] {
  const { pod, resolver, index, zone, name } = question;
  if (pod === undefined || resolver.asks === 'cluster') return [];
  const inside = [`${question.namespace}.svc.`, 'svc.', '']
    .map((suffix) => `${name.toLowerCase().replace(/\.$/, '')}.${suffix}${zone.domain}`)
    .concat(name.toLowerCase().replace(/\.$/, ''))
    .some((full) => zone.foretell(full, question.types) === 'found');
  const reading = readName(index, name, question.namespace, zone.domain);
  if (!inside && reading.is === 'nothing' && !/\.svc(\.|$)/.test(name)) return [];
  const { hostNetwork = false, dnsPolicy = 'ClusterFirst' } = pod.spec ?? {};
  const why =
    resolver.asks === 'own'
      ? `dnsPolicy None asks ${joinNames(resolver.nameservers) || 'nobody'}`
      : resolver.why === ''
        ? `dnsPolicy ${dnsPolicy} asks the servers of its node`
        : `${resolver.why}, which asks the servers of its node`;
  if (resolver.asks === 'own' && resolver.nameservers.some((server) => clusterServer(index, server))) return [];
  return [
    namesMessages.DNS609.raise({
      subject: subjectOf(question),
      args: { who: `pod ${podKey(pod)}`, why },
      evidence: [{ fact: `dnsPolicy ${dnsPolicy}, hostNetwork ${hostNetwork}`, source: `Pod ${podKey(pod)} spec` }],
      fixes: dnsPolicyFix(ownerOrPod(index, pod), pod.spec, clusterPolicyFor(pod.spec)),
    }),
  ];
}

function clusterServer(index: ClusterIndex, server: string): boolean {
  return index.list('Service').some(({ spec }) => (spec?.clusterIPs ?? [spec?.clusterIP]).includes(server));
}
