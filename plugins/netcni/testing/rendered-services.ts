import type { ProxyPort } from '../../../shared/datapath/kube-proxy-names.ts';
import type { EndpointSlice, Service } from '../../../shared/model/objects-network.ts';

/** A port of a Service with what kube-proxy writes for it. */
export interface Rendered {
  readonly port: ProxyPort;
  readonly address: string;
  readonly number: number;
  readonly nodePort: number | undefined;
  /** The address of its load balancer. */
  readonly outer: string | undefined;
  readonly targets: readonly { readonly address: string; readonly port: number }[];
}

/** Every port of the Services with its ready endpoints. */
export function rendered(list: readonly Service[], all: readonly EndpointSlice[]): readonly Rendered[] {
  return list.flatMap((svc) =>
    (svc.spec?.ports ?? []).map((port) => {
      const own = all.filter(
        (slice) =>
          slice.metadata?.labels?.['kubernetes.io/service-name'] === svc.metadata?.name &&
          slice.metadata?.namespace === svc.metadata?.namespace,
      );
      return {
        port: {
          namespace: svc.metadata?.namespace ?? '',
          service: svc.metadata?.name ?? '',
          port: port.name,
          protocol: port.protocol ?? 'TCP',
        },
        address: svc.spec?.clusterIP ?? '',
        number: port.port ?? 0,
        nodePort: port.nodePort,
        outer: svc.status?.loadBalancer?.ingress?.[0]?.ip,
        targets: own.flatMap((slice) => {
          const target = (slice.ports ?? []).find((entry) => (entry.name ?? '') === (port.name ?? ''))?.port;
          return (slice.endpoints ?? [])
            .filter((endpoint) => endpoint.conditions?.ready !== false)
            .flatMap((endpoint) =>
              target === undefined || target === null ? [] : [{ address: endpoint.addresses?.[0] ?? '', port: target }],
            );
        }),
      };
    }),
  );
}
