import type { KubeObject, ObjectMeta, Secret } from '../../../shared/model/objects.ts';
import type { Ingress, IngressClass } from '../../../shared/model/objects-network.ts';
import { ingress, pod, service, slicesFor } from '../../../shared/testing/builders.ts';
import type { MadeCertificate } from '../../../shared/testing/certificates.ts';

export const HOST = 'shop.example.com';

/** A sound Service `web` on port 80 with one ready pod. */
export function soundService(): readonly KubeObject[] {
  const web = service('web', { ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }] });
  const pods = [pod('web-1')];
  return [web, ...pods, ...slicesFor(web, pods)];
}

export interface IngressOptions {
  readonly className?: string | null;
  readonly service?: string;
  readonly port?: { readonly name?: string; readonly number?: number };
  readonly host?: string;
  readonly path?: string;
  readonly pathType?: string;
  readonly secret?: string;
  readonly tlsHosts?: readonly string[];
  readonly address?: boolean;
  readonly meta?: Partial<ObjectMeta>;
}

/** An Ingress of namespace `shop` that sends HOST/ to port 80 of Service `web`; class `edge`, with an address. */
export function ingressTo(name: string, options: IngressOptions = {}): Ingress {
  const className = options.className === undefined ? 'edge' : options.className;
  const made = ingress(
    name,
    {
      ...(className === null ? {} : { ingressClassName: className }),
      ...(options.secret === undefined
        ? {}
        : { tls: [{ hosts: options.tlsHosts ?? [HOST], secretName: options.secret }] }),
      rules: [
        {
          host: options.host ?? HOST,
          http: {
            paths: [
              {
                path: options.path ?? '/',
                pathType: options.pathType ?? 'Prefix',
                backend: { service: { name: options.service ?? 'web', port: options.port ?? { number: 80 } } },
              },
            ],
          },
        },
      ],
    },
    options.meta,
  );
  if (options.address === false) return made;
  return { ...made, status: { loadBalancer: { ingress: [{ ip: '198.51.100.1' }] } } };
}

export function ingressClass(name: string, controller: string, standard = false): IngressClass {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: {
      name,
      ...(standard ? { annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } } : {}),
    },
    spec: { controller },
  };
}

/** A Secret of namespace `shop`; `made` becomes tls.crt and tls.key. */
export function tlsSecret(name: string, made: Partial<MadeCertificate>, type = 'kubernetes.io/tls'): Secret {
  const encode = (text: string): string => Buffer.from(text).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'shop' },
    type,
    data: {
      ...(made.certificate === undefined ? {} : { 'tls.crt': encode(made.certificate) }),
      ...(made.key === undefined ? {} : { 'tls.key': encode(made.key) }),
    },
  };
}
