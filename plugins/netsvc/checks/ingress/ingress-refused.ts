import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Ingress } from '../../../../shared/model/objects-network.ts';
import { formatRef, nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { ingressMessages } from '../../messages/ingress.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { hasIngress, inFront } from './in-front.ts';

/** Warnings of controllers that the Ingress could not be put to work: AWS, GKE, NGINX, Azure, Contour, cert-manager left out. */
const REFUSALS =
  /^(FailedBuildModel|FailedDeployModel|FailedAddFinalizer|FailedUpdateStatus|Rejected|AddedOrUpdatedWithError|AddedOrUpdatedWithWarning|UpdatedWithError|Translate|Sync|GCE|NoValidTargets|InvalidAnnotation|FailedApplyingAppGwConfig|BackendPortTargetMatch|UnableToFetchPodList|PortResolutionError|FailedAddTLSSecret|NoPrivateIP|RedirectWithNoTLS|ListenerConfigConflict)$/;
const SUCCESSES = /^(SuccessfullyReconciled|AddedOrUpdated|Sync|UpdatedSuccessfully|ResourceUpdated)$/;

/** The controller says in an event why it does not serve an Ingress in front. */
export const ingressRefused = defineCheck<ServiceSubject>({
  id: 'netsvc/ingress-refused',
  group: 'ingress',
  needs: ['Ingress'],
  uses: ['Event'],
  applies: hasIngress,
  run: (subject, context) => inFront(context, subject, (ingress) => judgeEvents(context.index, ingress, context.now)),
});

/** The newest warning of a controller on the Ingress, unless a success came after it. */
export function judgeEvents(index: ClusterIndex, ingress: Ingress, now: number): readonly Finding[] {
  const events = index.events(ingress, 'Ingress');
  const last = events.findLast(({ type, reason }) => type === 'Warning' && REFUSALS.test(reason));
  const success = events.findLast(({ type, reason }) => type !== 'Warning' && SUCCESSES.test(reason));
  if (last === undefined) return [];
  if (success !== undefined && Date.parse(success.lastSeen) > Date.parse(last.lastSeen)) return [];
  const source = `Event on ${formatRef(refOf(ingress, 'Ingress'))}${last.source === '' ? '' : ` by ${last.source}`}`;
  return [
    ingressMessages.SVC724.raise({
      subject: refOf(ingress, 'Ingress'),
      args: {
        ingress: nameOf(ingress),
        namespace: namespaceOf(ingress),
        reason: last.reason,
        message: shorten(last.message, 200),
      },
      impact: 0.4,
      evidence: [
        { fact: `${last.reason} ×${last.count}: ${shorten(last.message, 400)}`, source },
        { fact: `last seen ${ago(last.lastSeen, now)}`, source },
      ],
    }),
  ];
}
