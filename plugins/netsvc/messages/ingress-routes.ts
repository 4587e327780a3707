import { message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';
import { patchLine } from '../../../shared/util/kubectl.ts';

/** Classes, controllers, backends and paths of an Ingress. */
export const ingressRouteMessages = {
  SVC701: message<{
    ingress: string;
    namespace: string;
    wanted: string;
    classes: string;
    nearest: string;
    /** The class is named by the old annotation. */
    annotated: boolean;
  }>({
    slug: 'ingress-class-missing',
    severity: 'critical',
    rung: 80,
    title: 'the class of the Ingress does not exist',
    summary: ({ ingress, namespace, wanted, classes }) =>
      `Ingress ${namespace}/${ingress} wants class ${wanted}, which does not exist` +
      (classes === '' ? ': this cluster has no IngressClass' : ` (there is ${classes})`),
    explain:
      'An Ingress is served by the controller of its class. There is no IngressClass of this name, so that no controller ' +
      'takes the Ingress: requests from outside get no answer, or a 404 of another controller.\n' +
      'Set a class that exists, or install the controller whose class is named.',
    fixes: ({ ingress, namespace, wanted, nearest, annotated }) => {
      if (nearest === '') {
        return [{ title: 'see which classes there are', command: 'kubectl get ingressclasses', risk: 'none' }];
      }
      const line = (name: string): string =>
        annotated
          ? `kubectl annotate ingress ${ingress} -n ${namespace} kubernetes.io/ingress.class=${name} --overwrite`
          : patchLine('ingress', namespace, ingress, { spec: { ingressClassName: name } });
      return [{ title: `use class ${nearest}`, command: line(nearest), risk: 'low', undo: line(wanted) }];
    },
  }),

  SVC702: message<{
    ingress: string;
    namespace: string;
    classes: string;
    standard: string;
    only: string;
    /** Whether there are classes is not known. */
    unread: boolean;
  }>({
    slug: 'ingress-without-class',
    severity: 'warning',
    confidence: 'likely',
    rung: 80,
    title: 'the Ingress has no class and none is the default',
    summary: ({ ingress, namespace, classes, standard, unread }) =>
      `Ingress ${namespace}/${ingress} has no ingressClassName` +
      (unread ? ', and no controller has given it an address' : withoutDefault(classes, standard)),
    explain:
      'An Ingress without a class belongs to the default IngressClass, which is written into the Ingress when it is created. ' +
      'Without a default most controllers leave it alone; only some can be told to take Ingresses without a class.\n' +
      'Name the class in the Ingress, or mark one class as default and create the Ingress again.',
    fixes: ({ ingress, namespace, standard, only }) => {
      const name = standard === '' ? only : standard;
      return name === ''
        ? [{ title: 'see which classes there are', command: 'kubectl get ingressclasses', risk: 'none' }]
        : [
            {
              title: `use class ${name}`,
              command: patchLine('ingress', namespace, ingress, { spec: { ingressClassName: name } }),
              risk: 'low',
              undo: patchLine('ingress', namespace, ingress, { spec: { ingressClassName: null } }),
            },
          ];
    },
  }),

  SVC703: message<{ ingress: string; namespace: string; className: string; controller: string; served: string }>({
    slug: 'ingress-controller-missing',
    severity: 'warning',
    confidence: 'likely',
    rung: 80,
    title: 'no controller for the class is in sight',
    summary: ({ ingress, namespace, className, controller }) =>
      `Ingress ${namespace}/${ingress} has class ${className}, but no controller ${controller} is in sight`,
    explain:
      'An IngressClass only names a controller; the controller itself is a program that must run. No pod or Deployment in ' +
      'any namespace looks like it, and nobody has written an address into the Ingress.\n' +
      'Install the controller or set another class. Controllers that run outside the cluster cannot be seen from here.',
    fixes: ({ ingress, namespace, className, served }) => {
      const line = (name: string): string =>
        patchLine('ingress', namespace, ingress, { spec: { ingressClassName: name } });
      return [
        ...(served === ''
          ? []
          : [{ title: `use class ${served}`, command: line(served), risk: 'low', undo: line(className) } as const]),
        { title: 'look for the controller', command: 'kubectl get deployments,daemonsets -A', risk: 'none' },
      ];
    },
  }),

  SVC704: message<{
    ingress: string;
    namespace: string;
    routes: string;
    wanted: string;
    meant: string;
    elsewhere: string;
    fixes: readonly Fix[];
  }>({
    slug: 'ingress-backend-missing',
    severity: 'critical',
    rung: 80,
    title: 'the backend Service of an Ingress does not exist',
    summary: ({ ingress, namespace, routes, wanted, meant, elsewhere }) =>
      `Ingress ${namespace}/${ingress} sends ${routes} to Service ${wanted}, which does not exist` +
      (elsewhere === '' ? '' : ` in this namespace (it does in ${elsewhere})`) +
      (meant === '' ? '' : `; there is Service ${meant}`),
    explain:
      'The backend of an Ingress is a Service in the namespace of the Ingress. There is none of this name, so that the ' +
      'controller answers 503 for these paths.\nCorrect the name in the Ingress or create the Service. To reach a Service of ' +
      'another namespace, put the Ingress there.',
    fixes: ({ fixes }) => fixes,
  }),

  SVC705: message<{
    ingress: string;
    namespace: string;
    routes: string;
    service: string;
    asked: string;
    ports: string;
    target: boolean;
    fixes: readonly Fix[];
  }>({
    slug: 'ingress-port-missing',
    severity: 'critical',
    rung: 80,
    title: 'an Ingress sends to a port that the Service does not have',
    summary: ({ ingress, namespace, routes, service, asked, ports, target }) =>
      `Ingress ${namespace}/${ingress} sends ${routes} to ${asked} of Service ${service}, which has ${ports}` +
      (target ? ': the Ingress must name the port, not the targetPort' : ''),
    explain:
      'An Ingress names a port of the Service, by its number or its name, not the port of the pods. The Service has no such ' +
      'port, so that the controller finds no endpoint and answers 503.\nSet the port of the Service in the Ingress.',
    fixes: ({ fixes }) => fixes,
  }),

  SVC706: message<{ ingress: string; namespace: string; routes: string; service: string }>({
    slug: 'ingress-backend-without-endpoints',
    severity: 'warning',
    rung: 85,
    title: 'the backend of an Ingress has no ready endpoint',
    summary: ({ ingress, namespace, routes, service }) =>
      `Ingress ${namespace}/${ingress} sends ${routes} to Service ${service}, which has no ready endpoint`,
    explain:
      'The Ingress is sound, and the Service behind it has no pod that is ready: the controller answers 503. The cause lies ' +
      'with the Service and its pods.',
    fixes: ({ namespace, service }) => [
      { title: 'ask for that Service', command: `kubectl netsvc ${service} -n ${namespace}`, risk: 'none' },
    ],
  }),

  SVC707: message<{ ingress: string; route: string; rival: string; backend: string; loses: boolean }>({
    slug: 'ingress-path-taken',
    severity: 'warning',
    confidence: 'likely',
    rung: 80,
    title: 'another Ingress has the same host and path',
    summary: ({ ingress, route, rival, backend, loses }) =>
      loses
        ? `${route} of Ingress ${ingress} is taken by the older Ingress ${rival}, which sends it to ${backend}`
        : `Ingress ${rival} claims ${route} of Ingress ${ingress} as well; the older one wins`,
    explain:
      'Two Ingresses of one class send the same host and path to different backends. The controller serves one of them; with ' +
      'ingress-nginx and most others the Ingress that was created first wins, and the other is silently ignored.\n' +
      'Take the path out of one of them.',
    fixes: ({ rival }) => {
      const [namespace = '', name = ''] = rival.split('/');
      return [
        {
          title: 'see the other Ingress',
          command: `kubectl get ingress ${name} -n ${namespace} -o yaml`,
          risk: 'none',
        },
      ];
    },
  }),

  SVC708: message<{ ingress: string; namespace: string; className: string; controller: string; waiting: string }>({
    slug: 'ingress-address-pending',
    severity: 'info',
    rung: 81,
    title: 'the Ingress has no address',
    summary: ({ ingress, namespace, className, waiting }) =>
      waiting === ''
        ? `Ingress ${namespace}/${ingress} (class ${className}) has no address in its status, although a controller runs`
        : `Ingress ${namespace}/${ingress} (class ${className}) has no address: Service ${waiting} of its controller waits for ` +
          'an external address (pending)',
    explain:
      'Controllers write into the Ingress where it can be reached. Some are set up not to, and serve it all the same; others ' +
      'wait for the address of their own load balancer. If requests get no answer, look at the logs of the controller and at ' +
      'its Service.',
    fixes: ({ waiting }) => {
      const [namespace, name] = waiting.split('/');
      return waiting === ''
        ? []
        : [{ title: 'ask why it gets none', command: `kubectl netsvc ${name} -n ${namespace}`, risk: 'none' }];
    },
  }),

  SVC719: message<{ ingress: string; namespace: string; route: string; backend: string }>({
    slug: 'ingress-resource-backend',
    severity: 'info',
    title: 'a backend that is no Service',
    summary: ({ ingress, namespace, route, backend }) =>
      `Ingress ${namespace}/${ingress} sends ${route} to ${backend}, which is not judged here`,
    explain:
      'The backend is a resource of the controller (a storage bucket, for example) and not a Service. Whether it exists and ' +
      'answers is known to that controller alone.',
  }),

  SVC720: message<{ ingress: string; namespace: string; route: string; service: string; target: string }>({
    slug: 'ingress-external-name-backend',
    severity: 'info',
    title: 'a backend that is an alias',
    summary: ({ ingress, namespace, route, service, target }) =>
      `Ingress ${namespace}/${ingress} sends ${route} to ExternalName Service ${service} (${target})`,
    explain:
      'The controller resolves the name itself. Some controllers refuse aliases for safety unless they are allowed ' +
      '(Traefik: allowExternalNameServices; Contour: enableExternalNameService), and servers outside see the host of the ' +
      'Ingress and may not know it.',
  }),

  SVC721: message<{ ingress: string; namespace: string; value: string }>({
    slug: 'ingress-class-annotation',
    severity: 'info',
    title: 'the class is given by an old annotation',
    summary: ({ ingress, namespace, value }) =>
      `Ingress ${namespace}/${ingress} names its class by annotation kubernetes.io/ingress.class: ${value}`,
    explain:
      'The annotation is older than the field spec.ingressClassName and deprecated. Each controller compares it with a name ' +
      'of its own, so that it cannot be told from the cluster whether some controller takes it.',
    fixes: ({ ingress, namespace, value }) => [
      {
        title: 'use the field instead',
        command:
          `${patchLine('ingress', namespace, ingress, { spec: { ingressClassName: value } })} && ` +
          `kubectl annotate ingress ${ingress} -n ${namespace} kubernetes.io/ingress.class-`,
        risk: 'low',
        undo:
          `${patchLine('ingress', namespace, ingress, { spec: { ingressClassName: null } })} && ` +
          `kubectl annotate ingress ${ingress} -n ${namespace} kubernetes.io/ingress.class=${value}`,
      },
    ],
  }),

  SVC722: message<{ ingress: string; route: string; pathType: string; nginx: boolean }>({
    slug: 'ingress-path-pattern',
    severity: 'info',
    confidence: 'likely',
    rung: 80,
    title: 'a path that looks like a pattern is taken literally',
    summary: ({ ingress, route, pathType }) =>
      `${route} of Ingress ${ingress} has pathType ${pathType}, which takes * and other signs literally`,
    explain:
      'Prefix compares whole path elements and Exact the whole path; neither knows patterns. /api/* with Prefix matches only ' +
      'paths that hold a star. Some controllers read patterns with pathType ImplementationSpecific, or with an annotation ' +
      '(ingress-nginx: use-regex).',
    fixes: ({ ingress, nginx }) => {
      const [namespace = '', name = ''] = ingress.split('/');
      const line = `kubectl annotate ingress ${name} -n ${namespace} nginx.ingress.kubernetes.io/use-regex`;
      return nginx
        ? [{ title: 'let ingress-nginx read patterns', command: `${line}=true`, risk: 'low', undo: `${line}-` }]
        : [];
    },
  }),

  SVC727: message<{
    ingress: string;
    namespace: string;
    target: string;
    wanted: number;
    route: string;
    /** What reaches the pods. */
    arrives: string;
    at: string;
    path: string;
    pathType: string;
  }>({
    slug: 'ingress-rewrite-without-group',
    severity: 'warning',
    confidence: 'likely',
    rung: 80,
    title: 'a rewrite uses a group that the path does not have',
    summary: ({ ingress, namespace, target, wanted, route, arrives }) =>
      `rewrite-target ${target} of Ingress ${namespace}/${ingress} uses group ${wanted}, which ${route} does not have: ` +
      `every request reaches the pods as ${arrives || '/'}`,
    explain:
      'ingress-nginx replaces $1, $2 … in rewrite-target by what the groups of the path matched. A path without such a group ' +
      'leaves nothing there, and the rest of the request path is lost: the app answers 404, or its start page, to everything.\n' +
      'Write the group into the path, such as /api(/|$)(.*) for /$2, with pathType ImplementationSpecific.',
    fixes: ({ ingress, namespace, wanted, at, path, pathType }) => {
      const stem = path.replace(/\/$/, '');
      const patch = (to: string, type: string): string =>
        patchLine(
          'ingress',
          namespace,
          ingress,
          [
            { op: 'add', path: `${at}path`, value: to },
            { op: 'add', path: `${at}pathType`, value: type },
          ],
          'json',
        );
      return wanted > 2 || path.includes('(')
        ? []
        : [
            {
              title: 'give the path its groups',
              command: patch(wanted === 2 ? `${stem}(/|$)(.*)` : `${stem}/(.*)`, 'ImplementationSpecific'),
              risk: 'low',
              undo: patch(path, pathType),
            },
          ];
    },
  }),
};

function withoutDefault(classes: string, standard: string): string {
  const why =
    standard !== ''
      ? `; class ${standard} became the default after it was made`
      : classes === ''
        ? ', and this cluster has no IngressClass'
        : `, and none of ${classes} is the default`;
  return `${why}: no controller has taken it`;
}
