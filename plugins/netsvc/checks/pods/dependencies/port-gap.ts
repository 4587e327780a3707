import type { Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Service } from '../../../../../shared/model/objects-network.ts';
import type { Container } from '../../../../../shared/model/objects-pod.ts';
import { declaredPorts } from '../../../../../shared/model/pods.ts';
import { podsOf } from '../../../../../shared/model/services.ts';
import { hideSecrets } from '../../../../../shared/util/hide-secrets.ts';
import { isPatchable, setEnv } from '../containers/workload-commands.ts';
import type { ServicePod } from '../service-pods.ts';

/** Who asks. */
interface Asking {
  readonly entry: ServicePod;
  readonly container: Container | undefined;
}

/** That a Service, or the pods of a headless one, do not have the port that is asked for; and the variable to set. */
export function portGap(
  index: ClusterIndex,
  service: Service,
  port: number | undefined,
  asking: Asking,
): { readonly why: string; readonly fixes: readonly Fix[] } | undefined {
  const ports = (service.spec?.ports ?? []).flatMap((one) => one.port ?? []);
  // Nothing stands between a caller and the pods of a headless Service, whatever ports it maps on paper.
  const headless = service.spec?.clusterIP === 'None';
  const own = service.spec?.ports?.find((one) => one.port === port);
  const mapped = headless && (own?.targetPort ?? port) !== port;
  if (port === undefined || ports.length === 0 || (own !== undefined && !mapped)) return undefined;
  const all = headless
    ? podsOf(index, service).flatMap(({ spec }) => declaredPorts(spec).map((one) => one.port))
    : ports;
  const open = [...new Set(all)];
  if (open.length === 0 || open.includes(port)) return undefined;
  const list = open.join(', ');
  return {
    why: headless ? `whose pods listen on ${list}, not on ${port}` : `which has port ${list} and not ${port}`,
    fixes: open.length === 1 ? corrected(asking, port, open[0] ?? 0) : [],
  };
}

/** `DB_PORT=3307`, `DB_ADDR=db:3307`: the variable that holds the port, where its whole value is known and no secret. */
function corrected({ entry, container }: Asking, port: number, right: number): readonly Fix[] {
  const held = new RegExp(`(^|:)${port}(?!\\d)`);
  const { name = '', value = '' } =
    container?.env?.find((one) => held.test(one.value ?? '') && /PORT|ADDR|URL|HOST/i.test(one.name ?? '')) ?? {};
  if (name === '' || hideSecrets(value) !== value || !isPatchable(entry.owner)) return [];
  const line = (text: string): string => setEnv(entry.owner, container?.name ?? '', { [name]: text });
  return [
    {
      title: `ask on port ${right} (restarts the pods)`,
      command: line(value.replace(held, `$1${right}`)),
      risk: 'low',
      undo: line(value),
    },
  ];
}
