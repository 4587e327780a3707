import { distance } from 'fastest-levenshtein';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { DEFAULT_CLUSTER_DOMAIN, parseClusterName, plainName } from '../../../../shared/dns/service-names.ts';
import { isProvenAbsent } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { likeness } from '../selector/label-distance.ts';
import { externalNameOf, malformed, retarget, sourceOf } from './alias-target.ts';

/** An alias of a name inside the cluster: that Service must exist, lead on and have endpoints. */
export const externalNameTarget = defineCheck<ServiceSubject>({
  id: 'netsvc/external-name-target',
  group: 'exposure',
  needs: [],
  uses: ['Service', 'Namespace'],
  applies: ({ type }) => type === 'ExternalName',
  run: (subject, { index }) => {
    const target = externalNameOf(subject);
    const service = `${subject.namespace}/${subject.name}`;
    const evidence = [{ fact: `externalName is ${target}`, source: sourceOf(subject) }];
    const cut = cutName(index, subject, target);
    if (cut !== undefined) {
      return [
        exposureMessages.SVC557.raise({
          subject: subject.ref,
          args: { service, target, whole: cut.whole, fixes: cut.sure ? [retarget(subject, cut.whole)] : [] },
          confidence: cut.sure ? 'proven' : 'likely',
          evidence: [...evidence, { fact: cut.fact, source: 'RFC 1034, section 3.6.2' }],
        }),
      ];
    }
    const meant = parseClusterName(target);
    if (meant === undefined) return [];
    const chain = chainFrom(index, subject, target);
    if (chain.loops) {
      return [
        exposureMessages.SVC560.raise({
          subject: subject.ref,
          args: { service, chain: chain.names.join(' → '), target, namespace: subject.namespace, name: subject.name },
          evidence,
        }),
      ];
    }
    const missing = missingPart(index, meant.namespace, meant.service);
    if (missing === undefined) {
      if (index.get('Service', meant.namespace, meant.service) !== undefined) return [];
      const { reason } = index.seen('Service', meant.namespace, meant.service);
      return [
        exposureMessages.SVC577.raise({
          subject: subject.ref,
          args: {
            service,
            target: `${meant.namespace}/${meant.service}`,
            name: meant.service,
            namespace: meant.namespace,
          },
          evidence: [...evidence, { fact: reason, source: `Services of namespace ${meant.namespace}` }],
        }),
      ];
    }
    const near = nearest(index, meant.namespace, meant.service, subject);
    return [
      exposureMessages.SVC556.raise({
        subject: subject.ref,
        args: {
          service,
          target,
          missing: [missing, ...near.map((name) => `there is ${name}`)].join('; '),
          fixes: near.map((name) => retarget(subject, name)),
        },
        evidence: [...evidence, { fact: `there is no ${missing}`, source: `Services and namespaces that were read` }],
      }),
    ];
  },
});

/** Last labels that are top-level domains as well as names people give to namespaces. */
const DOMAINS = new Set([
  'app',
  'cloud',
  'co',
  'com',
  'dev',
  'io',
  'net',
  'org',
  'shop',
  'site',
  'tech',
  'test',
  'tools',
]);

interface CutName {
  readonly whole: string;
  readonly fact: string;
  /** Whether the whole name is known to be the one that was meant. */
  readonly sure: boolean;
}

/**
 * `web`, `web.shop` or `web.shop.svc`, taken for a whole name: the target of an alias is absolute and no search list is
 * applied to it, so that it is looked up outside the cluster.
 */
function cutName(index: ClusterIndex, subject: ServiceSubject, target: string): CutName | undefined {
  const labels = plainName(target).split('.');
  const [name = '', namespace = subject.namespace, svc, more] = labels;
  const slip = misspelt(labels);
  if (slip !== undefined && malformed(target) === undefined) {
    return { whole: `${name}.${namespace}.svc.${DEFAULT_CLUSTER_DOMAIN}`, fact: slip, sure: true };
  }
  if (more !== undefined || (svc !== undefined && svc !== 'svc') || malformed(target) !== undefined) return undefined;
  const whole = `${name}.${namespace}.svc.${DEFAULT_CLUSTER_DOMAIN}`;
  if (svc === 'svc') return { whole, fact: `the name stops at .svc, without ${DEFAULT_CLUSTER_DOMAIN}`, sure: true };
  const exists = index.get('Service', namespace, name) !== undefined;
  if (exists && `${namespace}/${name}` !== `${subject.namespace}/${subject.name}`) {
    return { whole, fact: `Service ${namespace}/${name} exists; no search list is applied to an alias`, sure: true };
  }
  if (labels.length === 1) {
    return { whole: `NAME.NAMESPACE.svc.${DEFAULT_CLUSTER_DOMAIN}`, fact: 'one label only', sure: false };
  }
  if (index.get('Namespace', undefined, namespace) === undefined || DOMAINS.has(namespace)) return undefined;
  return { whole, fact: `${namespace} is a namespace of this cluster, not a domain`, sure: false };
}

/** `web.shop.svc.cluster.locl` and `web.shop.cluster.local`: meant for this cluster, and asked of the outside world. */
function misspelt(labels: readonly string[]): string | undefined {
  const [, , svc, ...rest] = labels;
  const domain = rest.join('.');
  if (
    svc === 'svc' &&
    domain !== '' &&
    domain !== DEFAULT_CLUSTER_DOMAIN &&
    distance(domain, DEFAULT_CLUSTER_DOMAIN) <= 2
  )
    return `the name ends in ${domain}, not in ${DEFAULT_CLUSTER_DOMAIN}`;
  if (labels.slice(2).join('.') === DEFAULT_CLUSTER_DOMAIN) return `.svc is missing before ${DEFAULT_CLUSTER_DOMAIN}`;
  const inside = labels.length === 5 && rest.join('.') === DEFAULT_CLUSTER_DOMAIN;
  return inside && svc !== undefined && svc !== 'svc' && distance(svc, 'svc') <= 2 && svc !== 'pod'
    ? `the third label is ${svc}, not svc`
    : undefined;
}

/** Follows aliases inside the cluster; ten steps are more than any resolver goes. */
function chainFrom(
  index: ClusterIndex,
  subject: ServiceSubject,
  target: string,
): { readonly loops: boolean; readonly names: readonly string[] } {
  const names = [`${subject.name}.${subject.namespace}`];
  let next: string | undefined = target;
  for (let step = 0; next !== undefined && step < 10; step++) {
    const meant = parseClusterName(next);
    if (meant === undefined) return { loops: false, names };
    const key = `${meant.service}.${meant.namespace}`;
    if (names.includes(key)) return { loops: true, names: [...names, key] };
    names.push(key);
    const service = index.get('Service', meant.namespace, meant.service);
    next = service?.spec?.type === 'ExternalName' ? service.spec.externalName : undefined;
  }
  return { loops: false, names };
}

/** The namespace or Service that is proven not to exist, in words. */
function missingPart(index: ClusterIndex, namespace: string, name: string): string | undefined {
  if (isProvenAbsent(index, 'Namespace', undefined, namespace) && index.list('Service', namespace).length === 0) {
    return `namespace ${namespace}`;
  }
  return isProvenAbsent(index, 'Service', namespace, name) ? `Service ${namespace}/${name}` : undefined;
}

/** Services that may have been meant: the same name elsewhere, then names alike in the same namespace. */
function nearest(index: ClusterIndex, namespace: string, name: string, subject: ServiceSubject): readonly string[] {
  const others = index
    .list('Service')
    .filter((service) => nameOf(service) !== subject.name || namespaceOf(service) !== subject.namespace)
    .map((service) => ({
      target: `${nameOf(service)}.${namespaceOf(service)}.svc.cluster.local`,
      score:
        nameOf(service) === name
          ? 2 + likeness(namespaceOf(service), namespace)
          : namespaceOf(service) === namespace
            ? likeness(nameOf(service), name)
            : 0,
    }))
    .filter(({ score }) => score >= 0.5)
    .sort((a, b) => b.score - a.score);
  // Of namesakes in namespaces that are called nothing like it, none is meant more than another.
  const [first, second] = others;
  if ((second?.score ?? 0) >= 2 && (first?.score ?? 0) < 2.5) return [];
  return others.slice(0, 1).map(({ target }) => target);
}
