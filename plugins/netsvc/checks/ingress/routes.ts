import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Ingress, IngressBackend, Service } from '../../../../shared/model/objects-network.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';

/** One way through an Ingress: host and path to a backend. */
export interface Route {
  /** Empty for all hosts. */
  readonly host: string;
  /** Empty for the default backend. */
  readonly path: string;
  readonly pathType: string;
  /** Absent for a resource backend. */
  readonly service: string | undefined;
  readonly port: { readonly name?: string; readonly number?: number };
  readonly resource: { readonly kind?: string; readonly name?: string } | undefined;
  /** JSON path of the backend in the Ingress, for patches. */
  readonly at: string;
}

/** The form before networking.k8s.io/v1: serviceName and servicePort beside each other. */
interface OldBackend {
  readonly serviceName?: string;
  readonly servicePort?: number | string;
}

/** All routes of an Ingress, the default backend first. */
export function routesOf(ingress: Ingress): readonly Route[] {
  const spec = (ingress.spec ?? {}) as NonNullable<Ingress['spec']> & { readonly backend?: OldBackend };
  const fallback = spec.defaultBackend ?? spec.backend;
  return [
    ...(fallback === undefined
      ? []
      : [toRoute('', '', '', fallback, spec.defaultBackend === undefined ? '/spec/backend' : '/spec/defaultBackend')]),
    ...(spec.rules ?? []).flatMap((rule, r) =>
      (rule.http?.paths ?? []).map((path, p) =>
        toRoute(
          rule.host ?? '',
          path.path ?? '/',
          path.pathType ?? 'ImplementationSpecific',
          path.backend,
          `/spec/rules/${r}/http/paths/${p}/backend`,
        ),
      ),
    ),
  ];
}

function toRoute(
  host: string,
  path: string,
  pathType: string,
  backend: (IngressBackend & OldBackend) | undefined,
  at: string,
): Route {
  const common = { host, path, pathType, resource: backend?.resource, at };
  if (backend?.serviceName === undefined) {
    return { ...common, service: backend?.service?.name, port: backend?.service?.port ?? {} };
  }
  const port = backend.servicePort;
  const number = typeof port === 'number' ? port : /^\d+$/.test(port ?? '') ? Number(port) : undefined;
  return {
    ...common,
    service: backend.serviceName,
    port: number === undefined ? (port === undefined ? {} : { name: String(port) }) : { number },
  };
}

/** `shop.example.com/api`, `*` for all hosts, `the default backend`. */
export function formatRoute(route: Route): string {
  return route.path === '' ? 'the default backend' : `${route.host === '' ? '*' : route.host}${route.path}`;
}

/** The Ingresses of the Service's namespace that send to it, by name. */
export function ingressesOf(index: ClusterIndex, service: Service): readonly Ingress[] {
  const namespace = namespaceOf(service);
  const byService = index.memo(`ingress/by-service/${namespace}`, () => {
    const map = new Map<string, Ingress[]>();
    for (const ingress of index.list('Ingress', namespace)) {
      for (const name of new Set(routesOf(ingress).map((route) => route.service))) {
        if (name === undefined) continue;
        const list = map.get(name);
        if (list === undefined) map.set(name, [ingress]);
        else list.push(ingress);
      }
    }
    return map;
  });
  return byService.get(nameOf(service)) ?? [];
}

/** Whether some controller has taken the Ingress and written an address. */
export function hasAddress(ingress: Ingress): boolean {
  return (ingress.status?.loadBalancer?.ingress ?? []).length > 0;
}
