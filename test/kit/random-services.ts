import fc from 'fast-check';
import type { KubeObject } from '../cluster/api.ts';

/** Services of every kind that DNS has names for, and the EndpointSlices of those without a selector. */
export interface RandomServices {
  readonly objects: readonly KubeObject[];
  readonly names: readonly string[];
}

/** Workloads that random Services may select by `app`; `nobody` has no pods. */
const APPS = ['ready', 'unready', 'mixed', 'nobody'] as const;

interface PortPlan {
  readonly name: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

interface ServicePlan {
  readonly kind: 'cluster' | 'headless' | 'alias' | 'selectorless' | 'selectorless headless';
  readonly app: (typeof APPS)[number];
  readonly ports: readonly PortPlan[];
  /** The only port of a Service may go without a name. */
  readonly unnamed: boolean;
  readonly publish: boolean;
  readonly families: 'SingleStack' | 'PreferDualStack';
  readonly alias: string;
  readonly endpoints: readonly EndpointPlan[];
}

interface EndpointPlan {
  readonly v6: boolean;
  readonly host: number;
  readonly hostname: string;
  readonly ready: boolean | undefined;
}

const portPlans: fc.Arbitrary<readonly PortPlan[]> = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('http', 'dns', 'sip-tls', 'grpc', 'x2'),
    port: fc.constantFrom(53, 80, 443, 8080, 65535),
    protocol: fc.constantFrom('TCP', 'UDP'),
  }),
  {
    minLength: 0,
    maxLength: 4,
    comparator: (one, other) => one.name === other.name || (one.port === other.port && one.protocol === other.protocol),
  },
);

const servicePlan: fc.Arbitrary<ServicePlan> = fc.record({
  kind: fc.constantFrom('cluster', 'headless', 'alias', 'selectorless', 'selectorless headless'),
  app: fc.constantFrom(...APPS),
  ports: portPlans,
  unnamed: fc.boolean(),
  publish: fc.boolean(),
  families: fc.constantFrom('SingleStack', 'PreferDualStack'),
  // None that must be asked outside of the cluster: its resolver is not what is compared.
  alias: fc.constantFrom('kubernetes.default.svc.cluster.local', 'db.example.com', 'dotted.example.com.'),
  endpoints: fc.uniqueArray(
    fc.record({
      v6: fc.boolean(),
      host: fc.integer({ min: 1, max: 250 }),
      hostname: fc.constantFrom('', '', 'a', 'b-1'),
      ready: fc.constantFrom(true, false, undefined),
    }),
    { maxLength: 5, comparator: (one, other) => one.v6 === other.v6 && one.host === other.host },
  ),
});

/** So many Services in a namespace, the same ones for the same seed. */
export function randomServices(namespace: string, count: number, seed: number): RandomServices {
  const plans = fc.sample(servicePlan, { numRuns: count, seed });
  const objects = plans.flatMap((plan, at) => manifests(namespace, `s${at}`, at, plan));
  return { objects, names: plans.map((_, at) => `s${at}`) };
}

function manifests(namespace: string, name: string, at: number, plan: ServicePlan): readonly KubeObject[] {
  const { kind } = plan;
  const metadata = { name, namespace };
  if (kind === 'alias') {
    return [{ apiVersion: 'v1', kind: 'Service', metadata, spec: { type: 'ExternalName', externalName: plan.alias } }];
  }
  const headless = kind.endsWith('headless');
  const ports = portsOf(plan, headless);
  const selects = !kind.startsWith('selectorless');
  const service: KubeObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: {
      ...(headless ? { clusterIP: 'None' } : {}),
      ...(selects ? { selector: { app: plan.app } } : {}),
      ipFamilyPolicy: plan.families,
      publishNotReadyAddresses: plan.publish,
      ports,
    },
  };
  return selects ? [service] : [service, ...slices(namespace, name, at, plan, ports)];
}

/** Every port but those of headless Services is needed. */
function portsOf({ ports, unnamed }: ServicePlan, headless: boolean): readonly Partial<PortPlan>[] {
  const chosen: readonly PortPlan[] =
    ports.length > 0 || headless ? ports : [{ name: 'http', port: 80, protocol: 'TCP' }];
  const [only] = chosen;
  return only !== undefined && chosen.length === 1 && unnamed ? [{ port: only.port, protocol: only.protocol }] : chosen;
}

function slices(
  namespace: string,
  service: string,
  at: number,
  { endpoints }: ServicePlan,
  ports: readonly Partial<PortPlan>[],
): readonly KubeObject[] {
  return (['IPv4', 'IPv6'] as const).flatMap((addressType) => {
    const own = endpoints.filter(({ v6 }) => v6 === (addressType === 'IPv6'));
    if (own.length === 0) return [];
    return [
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          name: `${service}-${addressType.toLowerCase()}`,
          namespace,
          labels: {
            'kubernetes.io/service-name': service,
            'endpointslice.kubernetes.io/managed-by': 'kubectl-net-test',
          },
        },
        addressType,
        ports: ports.map((port) => ({ ...port, name: port.name ?? '' })),
        endpoints: own.map(({ v6, host, hostname, ready }) => ({
          addresses: [v6 ? `2001:db8:${at + 1}::${host.toString(16)}` : `198.18.${at}.${host}`],
          ...(hostname === '' ? {} : { hostname }),
          conditions: ready === undefined ? {} : { ready },
        })),
      },
    ];
  });
}
