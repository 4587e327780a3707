import type { Finding } from '../../../../shared/messages/finding.ts';
import { isProvenAbsent, isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Ingress, IngressClass } from '../../../../shared/model/objects-network.ts';
import { formatRef, nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { ingressMessages } from '../../messages/ingress.ts';
import { likeness } from '../selector/label-distance.ts';
import { controllerInSight } from './controllers.ts';
import { hasAddress } from './routes.ts';

const ANNOTATION = 'kubernetes.io/ingress.class';
const DEFAULT = 'ingressclass.kubernetes.io/is-default-class';

/** The class of an Ingress: the field, or the annotation that came before it. */
export function classNameOf(ingress: Ingress): string | undefined {
  return ingress.spec?.ingressClassName ?? ingress.metadata?.annotations?.[ANNOTATION];
}

/** Whether the class of an Ingress leads to a controller. */
export function judgeClass(index: ClusterIndex, ingress: Ingress): readonly Finding[] {
  const wanted = ingress.spec?.ingressClassName;
  const annotated = ingress.metadata?.annotations?.[ANNOTATION];
  if (wanted !== undefined) {
    const found = index.get('IngressClass', undefined, wanted);
    if (found !== undefined) return judgeController(index, ingress, found);
    return isProvenAbsent(index, 'IngressClass', undefined, wanted) ? [missing(index, ingress, wanted)] : [];
  }
  if (annotated !== undefined) return [annotation(ingress, annotated)];
  return hasAddress(ingress) ? [] : none(index, ingress);
}

function missing(index: ClusterIndex, ingress: Ingress, wanted: string): Finding {
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
    },
    impact: 0.5,
    evidence: [
      {
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
  if (!isWhollyRead(index, 'IngressClass')) return [];
  // GKE's own controller takes Ingresses without a class and keeps no IngressClass objects.
  if (index.list('Node').some((node) => node.spec?.providerID?.startsWith('gce:') === true)) return [];
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
      },
      impact: 0.4,
      evidence: [
        {
          fact: `neither ingressClassName nor ${ANNOTATION}, and no address`,
          source: formatRef(refOf(ingress, 'Ingress')),
        },
        {
          fact:
            standard === undefined
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
  if (sight === 'there') return addressPending(ingress, nameOf(found), controller);
  if (sight === 'unknown') return [];
  return [
    ingressMessages.SVC703.raise({
      subject: refOf(found, 'IngressClass'),
      args: { ingress: nameOf(ingress), namespace: namespaceOf(ingress), className: nameOf(found), controller },
      confidence: sight === 'missing' ? 'likely' : 'possible',
      impact: 0.4,
      evidence: [
        { fact: `controller is ${controller}`, source: `IngressClass ${nameOf(found)} spec.controller` },
        { fact: 'no pod or Deployment of any namespace looks like it', source: 'pods and Deployments of the cluster' },
        { fact: 'no address', source: `${formatRef(refOf(ingress, 'Ingress'))} status.loadBalancer` },
      ],
    }),
  ];
}

/** Some controllers never write an address, so that a missing one proves nothing. */
function addressPending(ingress: Ingress, className: string, controller: string): readonly Finding[] {
  return [
    ingressMessages.SVC708.raise({
      subject: refOf(ingress, 'Ingress'),
      args: { ingress: nameOf(ingress), namespace: namespaceOf(ingress), className, controller },
      evidence: [
        { fact: 'no address', source: `${formatRef(refOf(ingress, 'Ingress'))} status.loadBalancer` },
        { fact: `a controller for ${controller} is there`, source: `IngressClass ${className}` },
      ],
    }),
  ];
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
