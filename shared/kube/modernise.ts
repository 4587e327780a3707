import type { KindName } from '../model/kinds.ts';
import type { KubeObject } from '../model/objects.ts';
import type { EndpointSlice, Ingress, IngressBackend, SliceEndpoint } from '../model/objects-network.ts';

/**
 * An object of an older API version in today's form, so that checks know one form only. Objects that are already in it,
 * and kinds whose read fields never changed, come back as they are. Source: the deprecated API migration guide.
 */
export function modernise(kind: KindName, object: KubeObject): KubeObject {
  const version = object.apiVersion ?? '';
  if (kind === 'Ingress' && (version === 'networking.k8s.io/v1beta1' || version === 'extensions/v1beta1')) {
    return modernIngress(object as Ingress);
  }
  if (kind === 'EndpointSlice' && version === 'discovery.k8s.io/v1beta1') return modernSlice(object as EndpointSlice);
  return object;
}

interface OldBackend {
  readonly serviceName?: string;
  readonly servicePort?: number | string;
}

function modernIngress(ingress: Ingress): Ingress {
  const { backend, ...spec } = (ingress.spec ?? {}) as NonNullable<Ingress['spec']> & {
    readonly backend?: IngressBackend;
  };
  const defaultBackend = backend ?? spec.defaultBackend;
  return {
    ...ingress,
    spec: {
      ...spec,
      ...(defaultBackend === undefined ? {} : { defaultBackend: modernBackend(defaultBackend) }),
      rules: (spec.rules ?? []).map((rule) => ({
        ...rule,
        ...(rule.http === undefined
          ? {}
          : {
              http: {
                ...rule.http,
                paths: (rule.http.paths ?? []).map((path) => ({
                  ...path,
                  ...(path.backend === undefined ? {} : { backend: modernBackend(path.backend) }),
                })),
              },
            }),
      })),
    },
  };
}

function modernBackend(backend: IngressBackend): IngressBackend {
  const { serviceName, servicePort, ...rest } = backend as IngressBackend & OldBackend;
  if (serviceName === undefined) return rest;
  const port =
    typeof servicePort === 'number'
      ? { port: { number: servicePort } }
      : servicePort === undefined
        ? {}
        : { port: /^\d+$/.test(servicePort) ? { number: Number(servicePort) } : { name: servicePort } };
  return { ...rest, service: { name: serviceName, ...port } };
}

/** v1beta1 kept node and zone in the topology labels. */
function modernSlice(slice: EndpointSlice): EndpointSlice {
  return {
    ...slice,
    endpoints: (slice.endpoints ?? []).map((endpoint) => {
      const { topology, ...rest } = endpoint as SliceEndpoint & {
        readonly topology?: Readonly<Record<string, string>>;
      };
      const nodeName = rest.nodeName ?? topology?.['kubernetes.io/hostname'];
      const zone = rest.zone ?? topology?.['topology.kubernetes.io/zone'];
      return {
        ...rest,
        ...(nodeName === undefined ? {} : { nodeName }),
        ...(zone === undefined ? {} : { zone }),
      };
    }),
  };
}
