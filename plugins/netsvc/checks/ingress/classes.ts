import type { Finding } from '../../../../shared/messages/finding.ts';
import { isProvenAbsent, isWhollyRead } from '../../../../shared/model/absence.ts';
import { isApplied } from '../../../../shared/model/applied.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Ingress, IngressClass } from '../../../../shared/model/objects-network.ts';
import { isReady } from '../../../../shared/model/pods.ts';
import { formatRef, nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { ingressMessages } from '../../messages/ingress.ts';
import { likeness } from '../selector/label-distance.ts';
import { ANNOTATION } from './class-name.ts';
import { balancersOf, controllerPods, controllersAtZero } from './controller-pods.ts';
import { controllerInSight } from './controllers.ts';
import { hasAddress } from './routes.ts';

const DEFAULT = 'ingressclass.kubernetes.io/is-default-class';

/** Whether the class of an Ingress leads to a controller. */
export function judgeClass(index: ClusterIndex, ingress: Ingress): readonly Finding[] {
  const wanted = ingress.spec?.ingressClassName;
  const annotated = ingress.metadata?.annotations?.[ANNOTATION];
  if (wanted !== undefined) {
    const found = index.get('IngressClass', undefined, wanted);
    if (found !== undefined) return judgeController(index, ingress, found);
    return isProvenAbsent(index, 'IngressClass', undefined, wanted) ? [missing(index, ingress, wanted)] : [];
  }
  if (annotated !== undefined) return ofAnnotation(index, ingress, annotated);
  return hasAddress(ingress) ? [] : none(index, ingress);
}

function missing(index: ClusterIndex, ingress: Ingress, wanted: string, annotated = false): Finding {
  const classes = index.list('IngressClass').map(nameOf);
  const [nearest] = [...classes].sort((a, b) => likeness(b, wanted) - likeness(a, wanted));
  return ingressMessages.SVC701.raise({
    subject: refOf(ingress, 'Ingress'),
    args: {
      ingress: nameOf(ingress),
      namespace: namespaceOf(ingress),
      wanted,
      classes: joinNames(classes, 4),
      nearest: nearest ?? '',
      annotated,
    },
    ...(annotated ? { severity: 'warning', confidence: 'likely' } : {}),
    impact: 0.5,
    evidence: [
      annotated
        ? { fact: `${ANNOTATION}: ${wanted}`, source: `${formatRef(refOf(ingress, 'Ingress'))} metadata.annotations` }
        : {
            fact: `ingressClassName is ${wanted}`,
            source: `${formatRef(refOf(ingress, 'Ingress'))} spec.ingressClassName`,
          },
      {
        fact: classes.length === 0 ? 'there is no IngressClass at all' : `there are ${joinNames(classes, 4)}`,
        source: 'IngressClasses of the cluster',
      },
    ],
  });
}

/** No class at all: only a controller that takes what nobody claims will serve it. */
function none(index: ClusterIndex, ingress: Ingress): readonly Finding[] {
  const unread = !isWhollyRead(index, 'IngressClass');
  // What is written into an Ingress when it is made is seen in the Ingress: it had no default class.
  if (unread && (!isApplied(ingress) || index.list('IngressClass').length > 0)) return [];
  // GKE's own controller takes Ingresses without a class and keeps no IngressClass objects.
  if (index.list('Node').some((node) => node.spec?.providerID?.startsWith('gce:') === true)) return [];
  if (ingress.metadata?.finalizers?.some((name) => name.startsWith('networking.gke.io/')) === true) return [];
  const classes = index.list('IngressClass');
  const standard = classes.find((entry) => entry.metadata?.annotations?.[DEFAULT] === 'true');
  return [
    ingressMessages.SVC702.raise({
      subject: refOf(ingress, 'Ingress'),
      args: {
        ingress: nameOf(ingress),
        namespace: namespaceOf(ingress),
        classes: joinNames(classes.map(nameOf), 4),
        standard: standard === undefined ? '' : nameOf(standard),
        only: classes.length === 1 ? nameOf(classes[0] ?? {}) : '',
        unread,
      },
      ...(unread ? { confidence: 'possible' } : {}),
      impact: 0.4,
      evidence: [
        {
          fact: `neither ingressClassName nor ${ANNOTATION}, and no address`,
          source: formatRef(refOf(ingress, 'Ingress')),
        },
        {
          fact: unread
            ? 'they were not read'
            : standard === undefined
              ? `none of ${classes.length} IngressClasses is marked as default`
              : `IngressClass ${nameOf(standard)} is the default, which counts only for Ingresses created after it`,
          source: 'IngressClasses of the cluster',
        },
      ],
    }),
  ];
}

function judgeController(index: ClusterIndex, ingress: Ingress, found: IngressClass): readonly Finding[] {
  if (hasAddress(ingress)) return [];
  const controller = found.spec?.controller ?? '';
  const sight = controllerInSight(index, controller);
  if (sight === 'outside') return [];
  if (sight === 'there') return addressPending(index, ingress, nameOf(found), controller);
  return [
    ingressMessages.SVC703.raise({
      subject: refOf(found, 'IngressClass'),
      args: {
        ingress: nameOf(ingress),
        namespace: namespaceOf(ingress),
        className: nameOf(found),
        controller: `for ${controller}`,
        served: ingress.spec?.ingressClassName === undefined ? '' : servedClass(index),
      },
      confidence: sight === 'missing' ? 'likely' : 'possible',
      ...(sight === 'unknown' ? { severity: 'info' as const } : {}),
      impact: 0.4,
      evidence: [
        { fact: `controller is ${controller}`, source: `IngressClass ${nameOf(found)} spec.controller` },
        {
          fact: sight === 'unknown' ? 'not every namespace was read' : NOBODY,
          source: 'pods and Deployments of the cluster',
        },
        { fact: 'no address', source: `${formatRef(refOf(ingress, 'Ingress'))} status.loadBalancer` },
      ],
    }),
  ];
}

/** The one class whose controller is there; empty where there are several or none. */
function servedClass(index: ClusterIndex): string {
  const served = index
    .list('IngressClass')
    .filter(({ spec }) => controllerInSight(index, spec?.controller ?? '') === 'there');
  return served.length === 1 ? nameOf(served[0] ?? {}) : '';
}

const NOBODY = 'no pod or Deployment of any namespace looks like it';

/** Some controllers never write an address, so that a missing one proves nothing by itself. */
function addressPending(
  index: ClusterIndex,
  ingress: Ingress,
  className: string,
  controller: string,
): readonly Finding[] {
  const pods = controllerPods(index, controller);
  // Of one that is down there is more to say.
  if (!pods.some(isReady) && (pods.length > 0 || controllersAtZero(index, controller).length > 0)) return [];
  const balancers = balancersOf(index, pods);
  const waiting = balancers.every((service) => (service.status?.loadBalancer?.ingress ?? []).length === 0)
    ? balancers[0]
    : undefined;
  const name = waiting === undefined ? '' : `${namespaceOf(waiting)}/${nameOf(waiting)}`;
  return [
    ingressMessages.SVC708.raise({
      subject: refOf(ingress, 'Ingress'),
      args: { ingress: nameOf(ingress), namespace: namespaceOf(ingress), className, controller, waiting: name },
      ...(waiting === undefined ? {} : { severity: 'warning', impact: 0.4 }),
      evidence: [
        ...(waiting === undefined
          ? []
          : [
              { fact: 'type LoadBalancer, status.loadBalancer is empty', source: formatRef(refOf(waiting, 'Service')) },
            ]),
        { fact: 'no address', source: `${formatRef(refOf(ingress, 'Ingress'))} status.loadBalancer` },
        { fact: `a controller for ${controller} is there`, source: `IngressClass ${className}` },
      ],
    }),
  ];
}

/** Controllers compare the annotation with a name of their own: mostly that of the class, or of the program itself. */
function ofAnnotation(index: ClusterIndex, ingress: Ingress, value: string): readonly Finding[] {
  const found = index.get('IngressClass', undefined, value);
  const note = annotation(ingress, value);
  if (found !== undefined) return [...judgeController(index, ingress, found), note];
  if (hasAddress(ingress) || !isProvenAbsent(index, 'IngressClass', undefined, value)) return [note];
  if (index.list('IngressClass').some((one) => isSlip(value, nameOf(one)))) {
    return [missing(index, ingress, value, true)];
  }
  if (controllerInSight(index, value) !== 'missing') return [note];
  return [
    ingressMessages.SVC703.raise({
      subject: refOf(ingress, 'Ingress'),
      args: {
        ingress: nameOf(ingress),
        namespace: namespaceOf(ingress),
        className: `${value} (by annotation)`,
        controller: 'of that name',
        served: '',
      },
      confidence: 'possible',
      impact: 0.4,
      evidence: [
        { fact: `${ANNOTATION}: ${value}`, source: `${formatRef(refOf(ingress, 'Ingress'))} metadata.annotations` },
        { fact: `no IngressClass ${value}`, source: 'IngressClasses of the cluster' },
        { fact: NOBODY, source: 'pods and Deployments of the cluster' },
        { fact: 'no address', source: `${formatRef(refOf(ingress, 'Ingress'))} status.loadBalancer` },
      ],
    }),
  ];
}

/** `ngnix` for `nginx`; a name within another is a name of its own, such as that of a controller with two classes. */
function isSlip(a: string, b: string): boolean {
  return !a.includes(b) && !b.includes(a) && likeness(a, b) >= 0.6;
}

function annotation(ingress: Ingress, value: string): Finding {
  return ingressMessages.SVC721.raise({
    subject: refOf(ingress, 'Ingress'),
    args: { ingress: nameOf(ingress), namespace: namespaceOf(ingress), value },
    evidence: [
      { fact: `${ANNOTATION}: ${value}`, source: `${formatRef(refOf(ingress, 'Ingress'))} metadata.annotations` },
    ],
  });
}
