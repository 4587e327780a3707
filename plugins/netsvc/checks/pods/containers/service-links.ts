import type { Evidence, Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import { logSource, logsOf } from '../pod-evidence.ts';
import type { Troubled } from './troubled-containers.ts';
import { isPatchable, patchTemplateSpec } from './workload-commands.ts';

/** What Kubernetes put into a container's environment, found again in the words it died with. */
export interface ServiceLink {
  readonly evidence: Evidence;
  readonly fixes: readonly Fix[];
}

const TAIL = 16_384;
/** The value of the variable `NAME_PORT`, which stands where Docker's links put it. */
const LINK = /\b(?:tcp|udp|sctp):\/\/[0-9a-f.:[\]]+:\d+/gi;

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
    for (const [value] of text.slice(-TAIL).matchAll(LINK)) {
      const service = values.get(value.toLowerCase());
      const variable = service === undefined ? '' : `${service.toUpperCase().replaceAll('-', '_')}_PORT`;
      // A setting of the pod's own goes before the one that Kubernetes would set.
      if (service === undefined || own.has(variable)) continue;
      return {
        evidence: {
          fact: `its log names ${value}: Kubernetes sets ${variable} to that for Service ${service}`,
          source: logSource(entry, container, previous),
        },
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
  }
  return undefined;
}

/** The variable of a Service that the app looks for and that the pod has asked not to get. */
function linkSwitchedOff(index: ClusterIndex, entry: Troubled, container: string): ServiceLink | undefined {
  const { pod, owner } = entry;
  const services = [...valuesOfLinks(index, pod.metadata?.namespace ?? '').values()];
  for (const { text, previous } of logsOf(index, entry, container)) {
    for (const [variable, stem] of text.slice(-TAIL).matchAll(/\b([A-Z][A-Z0-9_]*)_SERVICE_(?:HOST|PORT)\b/g)) {
      const service = services.find((name) => name.toUpperCase().replaceAll('-', '_') === stem);
      if (service === undefined) continue;
      const patch = (enableServiceLinks: boolean): string => patchTemplateSpec(owner, { enableServiceLinks });
      return {
        evidence: {
          fact: `its log names ${variable}, which Kubernetes sets for Service ${service} unless enableServiceLinks is false, as here`,
          source: logSource(entry, container, previous),
        },
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
