import { nearestWords } from '../../../shared/cli/nearest.ts';
import { noNamespace, whyUnseen } from '../../../shared/cli/no-namespace.ts';
import type { Target } from '../../../shared/cli/parse-target.ts';
import type { Finding, Fix } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { KINDS } from '../../../shared/model/kinds.ts';
import type { KubeObject, Labels } from '../../../shared/model/objects.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import type { Ref } from '../../../shared/model/refs.ts';
import { formatRef, nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { formatLabels } from '../../../shared/model/selectors.ts';
import { selectorOf } from '../../../shared/model/services.ts';
import type { Report, Section } from '../../../shared/report/report.ts';
import { compareText, joinAnd } from '../../../shared/util/text.ts';
import { labelDifferences, labelDistance } from '../checks/selector/label-distance.ts';
import { targetMessages } from '../messages/targets.ts';
import { emptyReport, type Frame } from './empty-report.ts';
import { askedBy, namesake, podOfService } from './missing-services.ts';

/** The report on a name that does not exist: where it does, what is near, and the line to try next. */
export function missingReport(
  frame: Frame,
  target: Target,
  namespace: string,
  retry: string,
  commands: readonly string[] = [],
): Report {
  const all = frame.index.list(target.kind) as readonly KubeObject[];
  const elsewhere = [
    ...new Set(all.filter((object) => nameOf(object) === target.name).map((object) => namespaceOf(object))),
  ].sort(compareText);
  const names = all.filter((object) => namespaceOf(object) === namespace).map(nameOf);
  const nearest = nearestWords(target.name, names);
  const ref: Ref = { kind: target.kind, namespace, name: target.name };
  const like = podOfService(frame.index, target, retry) ?? namesake(frame.index, target, namespace, retry);
  const finding = targetMessages.SVC001.raise({
    subject: ref,
    args: {
      kind: target.kind,
      name: target.name,
      namespace,
      elsewhere,
      nearest,
      meant: like?.meant ?? '',
      fixes: eachOnce([
        ...(like?.fixes ?? []),
        ...retries(target, namespace, elsewhere, nearest, retry),
        ...commandsMeant(target, commands, retry),
      ]),
    },
    evidence: [
      ...evidenceOf(frame.index, target, namespace, names),
      ...(target.kind === 'Service' ? askedBy(frame.index, target.name, namespace) : []),
    ],
  });
  return { ...emptyReport(frame, ref), headline: finding.summary, causes: [finding] };
}

function eachOnce(fixes: readonly Fix[]): readonly Fix[] {
  return fixes.filter(({ command }, at) => fixes.findIndex((other) => other.command === command) === at);
}

function retries(
  target: Target,
  namespace: string,
  elsewhere: readonly string[],
  nearest: readonly string[],
  retry: string,
): readonly Fix[] {
  const prefix = target.kind === 'Service' ? '' : `${target.kind.toLowerCase()}/`;
  const line = (name: string, ns: string): string => `${retry} ${prefix}${name} -n ${ns}`;
  return [
    ...elsewhere.slice(0, 3).map(
      (ns): Fix => ({
        title: `ask in namespace ${ns}`,
        command: line(target.name, ns),
        risk: 'none',
      }),
    ),
    ...nearest.map((name): Fix => ({ title: `ask about ${name}`, command: line(name, namespace), risk: 'none' })),
  ].slice(0, 3);
}

/** `chek` may have been meant as the command `check`. */
function commandsMeant(target: Target, commands: readonly string[], retry: string): readonly Fix[] {
  return nearestWords(target.name, commands, 1).map((name) => ({
    title: `or run the command ${name}`,
    command: `${retry} ${name}`,
    risk: 'none',
  }));
}

function evidenceOf(
  index: ClusterIndex,
  target: Target,
  namespace: string,
  names: readonly string[],
): Finding['evidence'] {
  const nowhere = noNamespace(index, namespace);
  if (nowhere !== undefined) return [{ fact: nowhere, source: 'namespaces' }];
  const plural = KINDS[target.kind].plural;
  const whole = index.seen(target.kind, namespace).whole;
  const fact = whole
    ? names.length === 0
      ? `namespace ${namespace} has no ${plural}`
      : `namespace ${namespace} has ${names.length}: ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`
    : `the API server has no ${plural} of that name there`;
  return [{ fact, source: `${plural} of namespace ${namespace}` }];
}

/** The report when it could not be seen whether the target exists. */
export function unseenReport(frame: Frame, target: Target, namespace: string, unseen: string): Report {
  const reason = whyUnseen(frame.index, target.kind, namespace) ?? unseen;
  const ref: Ref = { kind: target.kind, namespace, name: target.name };
  const elsewhere = [...new Set(frame.index.list(target.kind).map((object) => namespaceOf(object)))].filter(
    (ns) => ns !== namespace && frame.index.get(target.kind, ns, target.name) !== undefined,
  );
  const hint = elsewhere.length === 0 ? '' : `; namespace ${joinAnd(elsewhere)} has one of that name: use -n`;
  return {
    ...emptyReport(frame, ref),
    headline: `could not tell whether ${formatRef(ref)} exists: ${reason}${hint}`,
    notChecked: [{ check: 'all', reason }],
  };
}

/**
 * The report on pods that no Service selects, or none that could be seen: their own faults, and selectors that are near.
 */
export function noServiceReport(frame: Frame, via: Ref, labels: Labels, judged?: Report): Report {
  const { index } = frame;
  const { status, reason } = index.seen('Service', via.namespace);
  const own = judged ?? emptyReport(frame, via);
  const faulty = own.causes.length > 0;
  const told: Report = { ...emptyReport(frame, via), ...(faulty ? { ...own, command: frame.command } : {}) };
  if (status !== 'ok') {
    return {
      ...told,
      headline: faulty ? own.headline : `could not tell which Services select ${formatRef(via)}: ${reason}`,
      notChecked: faulty ? [{ check: 'Services', reason }, ...own.notChecked] : [{ check: 'all', reason }],
    };
  }
  const near = nearServices(index, via.namespace ?? '', labels).slice(0, 3);
  const [nearest] = near;
  const finding = targetMessages.SVC002.raise({
    subject: via,
    args: {
      target: formatRef(via),
      labels: formatLabels(labels) || 'no labels',
      nearest: nearest === undefined ? '' : nameOf(nearest.service),
      difference: nearest === undefined ? '' : differenceOf(nearest.selector, labels),
    },
    evidence: near.map(({ service, selector }) => ({
      fact: `Service ${nameOf(service)} selects ${formatLabels(selector)}`,
      source: `Service ${via.namespace ?? ''}/${nameOf(service)} spec.selector`,
    })),
  });
  return {
    ...told,
    headline: faulty ? own.headline : finding.summary,
    findings: [finding, ...told.findings],
    sections: nearSection(near),
  };
}

interface NearService {
  readonly service: Service;
  readonly selector: Labels;
  readonly distance: number;
}

/** Services whose selector shares something with the labels, nearest first. */
function nearServices(index: ClusterIndex, namespace: string, labels: Labels): readonly NearService[] {
  return index
    .list('Service', namespace)
    .flatMap((service) => {
      const selector = selectorOf(service);
      return selector === undefined ? [] : [{ service, selector, distance: labelDistance(selector, labels) }];
    })
    .filter((candidate) => candidate.distance < 0.75)
    .sort((a, b) => a.distance - b.distance || compareText(nameOf(a.service), nameOf(b.service)));
}

function differenceOf(selector: Labels, labels: Labels): string {
  return joinAnd(
    labelDifferences(selector, labels).map(({ key, wanted, found }) =>
      found === undefined
        ? `it selects ${key}=${wanted}, a key they lack`
        : `it selects ${key}=${wanted}, they carry ${key}=${found}`,
    ),
  );
}

function nearSection(near: readonly NearService[]): readonly Section[] {
  if (near.length === 0) return [];
  const rows = near.map(({ service, selector }) => [nameOf(service), formatLabels(selector)]);
  return [{ type: 'table', title: 'Near selectors', head: ['SERVICE', 'SELECTOR'], rows }];
}
