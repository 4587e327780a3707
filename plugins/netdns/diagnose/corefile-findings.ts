import type { Judgement } from '../../../shared/dns/corefile/judge.ts';
import type { LintProblem, LintRule } from '../../../shared/dns/corefile/lint/problem.ts';
import { COREFILE_PATH } from '../../../shared/dns/corefile/syntax/files.ts';
import type { Message } from '../../../shared/messages/define-messages.ts';
import type { Evidence, Finding, Severity } from '../../../shared/messages/finding.ts';
import type { Ref } from '../../../shared/model/refs.ts';
import { type CorefileArgs, corefileMessages } from '../messages/corefile.ts';
import { corefileHabitMessages as habits } from '../messages/corefile-habits.ts';

/** The Corefile that findings are about. */
export interface CorefilePlace {
  /** The ConfigMap, or the file. */
  readonly subject: Ref;
  /** `ConfigMap kube-system/coredns`, `./Corefile`. */
  readonly source: string;
  /** The command that opens it. */
  readonly edit: string;
  /** Who undoes an edit, in words. */
  readonly keeper?: string;
}

const MESSAGES: Readonly<Record<LintRule, Message<CorefileArgs>>> = {
  'no-cluster-zone': corefileMessages.DNS202,
  'wrong-cluster-domain': corefileMessages.DNS203,
  'forwards-to-itself': corefileMessages.DNS204,
  'forwards-to-node-cache': corefileMessages.DNS205,
  'hosts-hides-names': corefileMessages.DNS206,
  'template-hides-names': corefileMessages.DNS207,
  'template-denies-type': corefileMessages.DNS217,
  'rewrite-hides-names': corefileMessages.DNS208,
  'rewrite-answer-unlike-question': corefileMessages.DNS209,
  'not-where-asked': corefileMessages.DNS210,
  'probe-without-plugin': corefileMessages.DNS211,
  'placeholder-left': corefileMessages.DNS212,
  'zone-served-elsewhere': corefileMessages.DNS216,
  'acl-shuts-out-pods': corefileMessages.DNS215,
  'no-loop': habits.DNS220,
  'no-errors': habits.DNS221,
  'no-ready': habits.DNS222,
  'no-health': habits.DNS223,
  'no-reload': habits.DNS224,
  'no-cache': habits.DNS225,
  'no-lameduck': habits.DNS226,
  'no-max-concurrent': habits.DNS227,
  'reverse-zones-end-here': habits.DNS228,
  'pods-verified': habits.DNS229,
  'autopath-without-pods': habits.DNS230,
  'records-left-out': habits.DNS231,
  'metrics-on-loopback': habits.DNS232,
  'stale-answers': habits.DNS233,
  'tls-without-name': habits.DNS234,
  'logs-every-query': habits.DNS235,
  'debugging-on': habits.DNS236,
  'no-upstream': habits.DNS237,
  'option-without-effect': habits.DNS238,
  'second-forward-unused': habits.DNS239,
  'forwards-to-nobody': habits.DNS242,
};

/** A ConfigMap of the cluster. */
export function configMapPlace(ref: Ref, keeper?: string): CorefilePlace {
  const { namespace = '', name } = ref;
  return {
    subject: ref,
    source: `ConfigMap ${namespace}/${name}`,
    ...(keeper === undefined ? {} : { keeper }),
    // The operator of OpenShift undoes every change of its ConfigMap.
    edit:
      namespace === 'openshift-dns'
        ? 'kubectl edit dns.operator.openshift.io default'
        : `kubectl edit configmap ${name} -n ${namespace}`,
  };
}

const CUSTOM = '/etc/coredns/custom/';

/** Where a file of a Corefile stands: what lies in the folder `custom` comes from a ConfigMap of its own. */
function placeOf(place: CorefilePlace, file: string): CorefilePlace {
  const { kind, namespace } = place.subject;
  if (kind !== 'ConfigMap' || !file.startsWith(CUSTOM)) return place;
  return configMapPlace({ kind, name: 'coredns-custom', ...(namespace === undefined ? {} : { namespace }) });
}

/** `Corefile:12`; an imported file by its name. */
export function lineName(file: string, line: number): string {
  const name = file === COREFILE_PATH ? 'Corefile' : file.replace(/^\/etc\/coredns\//, '');
  return `${name}:${line}`;
}

/** Why CoreDNS does not start: the first error is the one it prints. */
export function invalidFindings(
  { errors, judgedAs }: Judgement,
  place: CorefilePlace,
  severity: Severity = 'critical',
  isNodeCache = false,
): readonly Finding[] {
  const program = isNodeCache ? 'the node cache' : `CoreDNS ${judgedAs}`;
  return errors.map(({ message, file, line }) => {
    const { subject, edit, source, keeper } = placeOf(place, file);
    return corefileMessages.DNS201.raise({
      subject,
      severity,
      line,
      args: { where: lineName(file, line), edit, found: { message, program } },
      evidence: [{ fact: message, source: `${source}, ${lineName(file, line)}` }, ...kept(source, keeper)],
    });
  });
}

/** What the lint found in a Corefile, as findings at their lines. */
function kept(source: string, keeper: string | undefined): readonly Evidence[] {
  return keeper === undefined ? [] : [{ fact: keeper, source: `${source} metadata.labels` }];
}

export function lintFindings(problems: readonly LintProblem[], place: CorefilePlace): readonly Finding[] {
  return problems.map(({ rule, severity, confidence, file, line, args, fact }) => {
    const { subject, edit, source, keeper } = placeOf(place, file);
    return MESSAGES[rule].raise({
      subject,
      severity,
      confidence,
      line,
      args: { where: lineName(file, line), edit, found: args },
      evidence: [{ fact, source: `${source}, ${lineName(file, line)}` }, ...kept(source, keeper)],
    });
  });
}

/** Imports that match no file. */
export function importFindings({ emptyImports }: Judgement, place: CorefilePlace): readonly Finding[] {
  return emptyImports.map(({ pattern, file, line }) =>
    habits.DNS240.raise({
      subject: place.subject,
      line,
      args: { where: lineName(file, line), edit: place.edit, found: { pattern } },
      evidence: [{ fact: `import ${pattern}`, source: `${place.source}, ${lineName(file, line)}` }],
    }),
  );
}

/** What a newer CoreDNS would not start with, while this one does. */
export function upgradeFindings(now: Judgement, newer: Judgement, place: CorefilePlace): readonly Finding[] {
  if (!now.valid) return [];
  return newer.errors.map(({ message, file, line }) => {
    const { subject, edit, source } = placeOf(place, file);
    return habits.DNS241.raise({
      subject,
      line,
      args: { where: lineName(file, line), edit, found: { message, version: newer.judgedAs } },
      evidence: [{ fact: message, source: `${source}, ${lineName(file, line)}` }],
    });
  });
}
