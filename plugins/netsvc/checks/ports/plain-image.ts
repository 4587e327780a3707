import type { Pod } from '../../../../shared/model/objects-pod.ts';
import type { ContainerSigns } from './container-signs.ts';
import { portsOfImage } from './listen/image-ports.ts';

/** The ports of the only container when it runs an official image as it comes, with nothing mounted that could configure it. */
export function portsOfPlainImage(pod: Pod, open: readonly ContainerSigns[]): readonly number[] | undefined {
  const [only] = open;
  const mounted = (pod.spec?.volumes ?? []).some(
    ({ name = '', configMap, secret, projected, persistentVolumeClaim }) =>
      !name.startsWith('kube-api-access-') &&
      (configMap !== undefined ||
        secret !== undefined ||
        projected !== undefined ||
        persistentVolumeClaim !== undefined),
  );
  return only === undefined || open.length > 1 || mounted ? undefined : portsOfImage(only.running.spec);
}
