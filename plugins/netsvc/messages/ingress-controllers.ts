import { message } from '../../../shared/messages/define-messages.ts';
import { patchLine } from '../../../shared/util/kubectl.ts';

/** What the controllers of Ingresses do and say. */
export const ingressControllerMessages = {
  SVC723: message<{
    ingress: string;
    namespace: string;
    controller: string;
    reason: string;
    message: string;
    pod: string;
    podNamespace: string;
    /** The Deployment that is scaled to 0. */
    deployment: string;
  }>({
    slug: 'ingress-controller-down',
    severity: 'critical',
    rung: 75,
    covers: ['SVC708'],
    title: 'the Ingress controller is down',
    summary: ({ ingress, namespace, controller, reason, message: words }) =>
      `no pod of the controller of Ingress ${namespace}/${ingress} (${controller}) is ready: ${reason}` +
      (words === '' ? '' : ` (${words})`),
    explain:
      'The controller named by the class of the Ingress takes the requests from outside and sends them on. None of its pods is ' +
      'ready, so that nobody answers for any Ingress of the class; callers inside the cluster still reach the Service.\n' +
      'Read its log: a bad configuration, missing rights and a port that is taken are the usual causes.',
    fixes: ({ pod, podNamespace, reason, deployment }) =>
      deployment !== ''
        ? [
            {
              title: 'start it again',
              command: `kubectl scale deployment ${deployment} -n ${podNamespace} --replicas=1`,
              risk: 'low',
              undo: `kubectl scale deployment ${deployment} -n ${podNamespace} --replicas=0`,
            },
          ]
        : [
            {
              title: 'read why',
              command: `kubectl logs ${pod} -n ${podNamespace} --tail=20${/CrashLoop|exit code/.test(reason) ? ' --previous' : ''}`,
              risk: 'none',
            },
            {
              title: 'see what happens to the pod',
              command: `kubectl describe pod ${pod} -n ${podNamespace}`,
              risk: 'none',
            },
          ],
  }),

  SVC724: message<{ ingress: string; namespace: string; reason: string; message: string }>({
    slug: 'ingress-refused',
    severity: 'warning',
    rung: 78,
    covers: ['SVC703', 'SVC708'],
    title: 'the controller refuses the Ingress',
    summary: ({ ingress, namespace, reason, message: words }) =>
      `the controller refuses Ingress ${namespace}/${ingress} (${reason}): ${words}`,
    explain:
      'A controller says in an event on the Ingress why it cannot put it to work: an annotation it does not understand, a ' +
      'Service of the wrong type, a certificate or subnet it does not find. Until that is mended, the Ingress is not served, ' +
      'or is served as it was before.',
    fixes: ({ ingress, namespace }) => [
      { title: 'read the whole event', command: `kubectl describe ingress ${ingress} -n ${namespace}`, risk: 'none' },
    ],
  }),

  SVC725: message<{ ingress: string; namespace: string; tls: string; served: string; from: string; to: string }>({
    slug: 'ingress-tls-host-without-rule',
    severity: 'warning',
    confidence: 'likely',
    rung: 80,
    title: 'the TLS hosts of an Ingress are none of those that it serves',
    summary: ({ ingress, namespace, tls, served }) =>
      `Ingress ${namespace}/${ingress} has a certificate for ${tls}, but serves ${served}: its callers get the certificate of ` +
      'the controller',
    explain:
      'The hosts under spec.tls say for which names the Secret is shown. None of them is a host of the rules, so that the ' +
      'certificate is never used, and the hosts that are served fall back to what the controller has ("Fake Certificate").\n' +
      'Write the hosts of the rules into spec.tls, with a certificate that holds for them.',
    fixes: ({ ingress, namespace, from, to }) => {
      if (to === '')
        return [
          { title: 'compare both lists', command: `kubectl edit ingress ${ingress} -n ${namespace}`, risk: 'low' },
        ];
      const patch = (host: string): string =>
        patchLine('ingress', namespace, ingress, [{ op: 'replace', path: '/spec/tls/0/hosts/0', value: host }], 'json');
      return [
        {
          title: `use the certificate for ${to}, if it holds for it`,
          command: patch(to),
          risk: 'low',
          undo: patch(from),
        },
      ];
    },
  }),

  SVC726: message<{
    ingress: string;
    namespace: string;
    service: string;
    port: number;
    speaks: 'HTTP' | 'HTTPS';
    answers: 'HTTP' | 'HTTPS';
    told: string;
  }>({
    slug: 'ingress-backend-protocol',
    severity: 'warning',
    confidence: 'likely',
    rung: 80,
    title: 'the Ingress controller speaks another protocol than the pods',
    summary: ({ ingress, namespace, service, port, speaks, answers }) =>
      `the controller of Ingress ${namespace}/${ingress} speaks ${speaks} to Service ${service}, whose pods answer ${answers} on ` +
      `port ${port}`,
    explain:
      'ingress-nginx speaks plain HTTP to the pods unless its annotation backend-protocol says otherwise. TLS to a port of plain ' +
      'HTTP ends in 502 Bad Gateway; plain HTTP to a port of TLS in "400 The plain HTTP request was sent to HTTPS port".\n' +
      'The readiness probe shows what the pods speak.',
    fixes: ({ ingress, namespace, answers, told }) => {
      const line = (value: string): string =>
        `kubectl annotate ingress ${ingress} -n ${namespace} nginx.ingress.kubernetes.io/backend-protocol${value}`;
      return [
        {
          title: `let it speak ${answers}`,
          command: answers === 'HTTP' ? line('-') : line('=HTTPS --overwrite'),
          risk: 'low',
          undo: told === '' ? line('-') : line(`=${told} --overwrite`),
        },
      ];
    },
  }),
};
