/** A Service that a host may name, as names of the cluster's DNS are made (dns/specification.md of kubernetes/dns). */
export interface HostParts {
  readonly namespace: string;
  readonly name: string;
  /** The pod of `db-0.db`. */
  readonly pod?: string;
  /** What follows `.svc`, empty when nothing does. */
  readonly domain?: string;
  /** `db.svc.cluster.local`: no namespace stands before `svc`. */
  readonly bare?: true;
  /** The host can mean nothing else; without it, one such as `example.org` may lie outside the cluster. */
  readonly sure: boolean;
}

/** The Services that a host may name for pods of namespace `own`, the likeliest first; none for a host outside. */
export function hostParts(own: string, host: string): readonly HostParts[] {
  const [first = '', second = '', third = '', ...rest] = host.split('.');
  if (second === '') return [{ namespace: own, name: first, sure: true }];
  if (second === 'svc' && third === 'cluster')
    return [{ namespace: own, name: first, domain: [third, ...rest].join('.'), bare: true, sure: true }];
  if (third === 'svc') return [{ namespace: second, name: first, domain: rest.join('.'), sure: true }];
  if (rest[0] === 'svc')
    return [{ namespace: third, name: second, pod: first, domain: rest.slice(1).join('.'), sure: true }];
  if (rest.length > 0) return [];
  if (third !== '') return [{ namespace: third, name: second, pod: first, sure: false }];
  return [
    { namespace: second, name: first, sure: second === own },
    { namespace: own, name: second, pod: first, sure: false },
  ];
}
