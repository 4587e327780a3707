import type { Evidence, Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import { logSource, logsOf } from '../pod-evidence.ts';
import type { Troubled } from './troubled-containers.ts';
import { isPatchable, patchTemplateSpec } from './workload-commands.ts';

/** What Kubernetes put into a container's environment, found again in the words it died with. */
export interface ServiceLink {
  readonly evidence: Evidence;
  readonly fixes: readonly Fix[];
  /** The end of a summary, which may be empty. */
  readonly words: string;
}

const TAIL = 16_384;
/** The value of the variable `NAME_PORT`, which stands where Docker's links put it. */
const LINK = /\b(?:tcp|udp|sctp):\/\/[0-9a-f.:[\]]+:\d+/gi;
/** The variable by its name, or by what the Kafka image of Confluent says of it: `port is deprecated. Please use …`. */
const NAMED = /\b([A-Z][A-Z0-9_]*)_(?:PORT|ADVERTISED_LISTENERS instead)\b/g;

/**
 * A Service's name becomes variables in every pod of its namespace: `redis` sets REDIS_PORT to `tcp://10.96.0.7:6379`.
 * An app that reads a setting of that name as a number stops at it.
 * https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables
 */
export function serviceLinkOf(index: ClusterIndex, group: readonly Troubled[]): ServiceLink | undefined {
  for (const entry of group) {
    const found = linkIn(index, entry);
    if (found !== undefined) return found;
  }
  return undefined;
}

function linkIn(index: ClusterIndex, entry: Troubled): ServiceLink | undefined {
  const { pod, trouble, owner } = entry;
  const container = trouble.container.name;
  if (pod.spec?.enableServiceLinks === false) return linkSwitchedOff(index, entry, container);
  const namespace = pod.metadata?.namespace ?? '';
  const values = valuesOfLinks(index, namespace);
  const declared = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const { env = [] } = declared.find((one) => one.name === container) ?? {};
  const own = new Set(env.map((variable) => variable.name));
  for (const { text, previous } of logsOf(index, entry, container)) {
    const tail = text.slice(-TAIL);
    const told = [...tail.matchAll(LINK)].flatMap(([value]) => values.get(value.toLowerCase()) ?? []);
    const named = [...tail.matchAll(NAMED)].flatMap(
      ([, stem]) => [...values.values()].find((one) => stemOf(one) === stem) ?? [],
    );
    // A setting of the pod's own goes before the one that Kubernetes would set.
    const service = [...told, ...named].find((one) => !own.has(`${stemOf(one)}_PORT`));
    if (service === undefined) continue;
    const variable = `${stemOf(service)}_PORT`;
    const value = [...values].find(([, one]) => one === service)?.[0] ?? '';
    const fact = `Kubernetes sets ${variable} to ${value} for Service ${service} (enableServiceLinks)`;
    return {
      evidence: { fact: `its log names it: ${fact}`, source: logSource(entry, container, previous) },
      words: `; ${fact}`,
      fixes: isPatchable(owner)
        ? [
            {
              title: `keep variables of Services out, if the app takes ${variable} for a setting of its own`,
              command: patchTemplateSpec(owner, { enableServiceLinks: false }),
              risk: 'low',
              undo: patchTemplateSpec(owner, { enableServiceLinks: true }),
            },
          ]
        : [],
    };
  }
  return undefined;
}

/** `my-redis` → `MY_REDIS` (envvars.FromServices of the kubelet). */
function stemOf(service: string): string {
  return service.toUpperCase().replaceAll('-', '_');
}

/** The variable of a Service that the app looks for and that the pod has asked not to get. */
function linkSwitchedOff(index: ClusterIndex, entry: Troubled, container: string): ServiceLink | undefined {
  const { pod, owner } = entry;
  const services = [...valuesOfLinks(index, pod.metadata?.namespace ?? '').values()];
  for (const { text, previous } of logsOf(index, entry, container)) {
    for (const [variable, stem] of text.slice(-TAIL).matchAll(/\b([A-Z][A-Z0-9_]*)_SERVICE_(?:HOST|PORT)\b/g)) {
      const service = services.find((name) => stemOf(name) === stem);
      if (service === undefined) continue;
      const patch = (enableServiceLinks: boolean): string => patchTemplateSpec(owner, { enableServiceLinks });
      return {
        evidence: {
          fact: `its log names ${variable}, which Kubernetes sets for Service ${service} unless enableServiceLinks is false, as here`,
          source: logSource(entry, container, previous),
        },
        words: '',
        fixes: isPatchable(owner)
          ? [
              {
                title: 'let the pods have the variables of Services',
                command: patch(true),
                risk: 'low',
                undo: patch(false),
              },
            ]
          : [],
      };
    }
  }
  return undefined;
}

/** `tcp://ADDRESS:PORT` of the first port of each Service of a namespace that has an address. */
function valuesOfLinks(index: ClusterIndex, namespace: string): ReadonlyMap<string, string> {
  return index.memo(`pods/service-links/${namespace}`, () => {
    const values = new Map<string, string>();
    for (const { metadata, spec } of index.list('Service', namespace)) {
      const [port] = spec?.ports ?? [];
      const { clusterIP = 'None' } = spec ?? {};
      if (port === undefined || clusterIP === 'None' || clusterIP === '') continue;
      const host = clusterIP.includes(':') ? `[${clusterIP}]` : clusterIP;
      values.set(`${(port.protocol ?? 'TCP').toLowerCase()}://${host}:${port.port}`, metadata?.name ?? '');
    }
    return values;
  });
}
