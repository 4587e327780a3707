import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Ingress, ServicePort } from '../../../../shared/model/objects-network.ts';
import type { Pod, Probe } from '../../../../shared/model/objects-pod.ts';
import { isReady, resolveTargetPort, runningContainers } from '../../../../shared/model/pods.ts';
import { formatRef, nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { ingressMessages } from '../../messages/ingress.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { controllerOfIngress } from './controller-pods.ts';
import { hasIngress, inFront } from './in-front.ts';
import { routesOf } from './routes.ts';

/** How ingress-nginx is told to speak to the pods (its documentation, "Backend Protocol"); HTTP when nothing is said. */
const ANNOTATION = 'nginx.ingress.kubernetes.io/backend-protocol';

/** ingress-nginx speaks TLS to pods that answer probes in plain HTTP, or plain HTTP to pods that answer them in TLS. */
export const ingressBackendProtocol = defineCheck<ServiceSubject>({
  id: 'netsvc/ingress-backend-protocol',
  group: 'ingress',
  needs: ['Ingress', 'Pod'],
  uses: ['IngressClass'],
  applies: (subject, context) => subject.selector !== undefined && hasIngress(subject, context),
  run: (subject, context) => inFront(context, subject, (ingress) => judge(context.index, subject, ingress)),
});

function judge(index: ClusterIndex, subject: ServiceSubject, ingress: Ingress): readonly Finding[] {
  if (controllerOfIngress(index, ingress)?.startsWith('k8s.io/') !== true) return [];
  const annotations = ingress.metadata?.annotations ?? {};
  if (annotations['nginx.ingress.kubernetes.io/ssl-passthrough'] === 'true') return [];
  const told = annotations[ANNOTATION];
  const said = (told ?? 'HTTP').toUpperCase();
  const speaks = /^(HTTPS|GRPCS)$/.test(said) ? 'HTTPS' : said === 'HTTP' ? 'HTTP' : undefined;
  if (speaks === undefined) return [];
  const pods = subjectPods(index, subject).filter(isReady);
  for (const route of routesOf(ingress).filter(({ service }) => service === subject.name)) {
    const port = subject.ports.find((one) =>
      route.port.number === undefined ? one.name === route.port.name : one.port === route.port.number,
    );
    const answers = port === undefined ? [] : pods.map((pod) => schemeOf(pod, port));
    const [first] = answers;
    if (port === undefined || first === undefined || first === speaks) continue;
    if (answers.some((scheme) => scheme !== first)) continue;
    const number = pods[0] === undefined ? undefined : resolveTargetPort(pods[0].spec, port);
    return [
      ingressMessages.SVC726.raise({
        subject: refOf(ingress, 'Ingress'),
        args: {
          ingress: nameOf(ingress),
          namespace: namespaceOf(ingress),
          service: subject.name,
          port: number ?? port.port ?? 0,
          speaks,
          answers: first,
          told: told ?? '',
        },
        impact: 0.5,
        evidence: [
          {
            fact: told === undefined ? `no ${ANNOTATION}: HTTP` : `${ANNOTATION}: ${told}`,
            source: `${formatRef(refOf(ingress, 'Ingress'))} metadata.annotations`,
          },
          {
            fact: `a probe with scheme ${first} passes on port ${number ?? ''}`,
            source: formatRef(refOf(pods[0] ?? {}, 'Pod')),
          },
        ],
      }),
    ];
  }
  return [];
}

/** The scheme in which the kubelet gets good answers on the port; undefined when no HTTP probe asks it. */
function schemeOf(pod: Pod, port: ServicePort): 'HTTP' | 'HTTPS' | undefined {
  const number = resolveTargetPort(pod.spec, port);
  for (const { spec } of runningContainers(pod)) {
    const ports = spec.ports ?? [];
    const asks = ({ httpGet }: Probe): boolean =>
      httpGet !== undefined &&
      (httpGet.port === number || ports.some((one) => one.name === httpGet.port && one.containerPort === number));
    const probe = [spec.readinessProbe].find((one) => one !== undefined && asks(one));
    if (probe !== undefined) return probe.httpGet?.scheme === 'HTTPS' ? 'HTTPS' : 'HTTP';
  }
  return undefined;
}
