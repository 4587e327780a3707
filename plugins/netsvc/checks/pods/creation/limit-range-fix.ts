import type { Fix } from '../../../../../shared/messages/finding.ts';
import type { Container } from '../../../../../shared/model/objects-pod.ts';
import type { OwnedWorkload } from '../../../../../shared/model/owners.ts';
import { parseQuantity } from '../../../../../shared/util/quantity.ts';
import { isPatchable, patchContainer } from '../containers/workload-commands.ts';

/** `minimum cpu usage per Container is 200m, but request is 50m` (plugin/pkg/admission/limitranger). */
const ONE = /^(minimum|maximum) (\S+) usage per Container is (\S+), but (request|limit) is (\S+?)\.?$/;

/** Gives the container that a LimitRange refuses the amount that it allows; nothing where several rules refuse. */
export function limitRangeFix(workload: OwnedWorkload, text: string): readonly Fix[] {
  const [, bound, resource = '', allowed = '', field, has = ''] = ONE.exec(text) ?? [];
  const container = (workload.template?.spec?.containers ?? []).find(
    (one) => parseQuantity(amountOf(one, `${field}s`, resource)) === parseQuantity(has),
  );
  if (bound === undefined || container?.name === undefined || !isPatchable(workload.ref)) return [];
  const outside = (value: string | undefined): boolean => {
    const [given, edge] = [parseQuantity(value) ?? 0, parseQuantity(allowed) ?? 0];
    return bound === 'minimum' ? given < edge : given > edge;
  };
  // A request may not be above its limit, so that both move where both are outside.
  const fields = ['requests', 'limits'].filter((one) => {
    const value = amountOf(container, one, resource);
    return value !== undefined && outside(value);
  });
  const patch = (value: (one: string) => string | undefined): string =>
    patchContainer(workload.ref, container.name ?? '', {
      resources: Object.fromEntries(fields.map((one) => [one, { [resource]: value(one) }])),
    });
  return [
    {
      title: `give container ${container.name} the ${bound} of ${resource} that is allowed`,
      command: patch(() => allowed),
      risk: 'low',
      undo: patch((one) => amountOf(container, one, resource)),
    },
  ];
}

function amountOf({ resources }: Container, field: string, resource: string): string | undefined {
  const value = (field === 'requests' ? resources?.requests : resources?.limits)?.[resource];
  return value === undefined ? undefined : String(value);
}
