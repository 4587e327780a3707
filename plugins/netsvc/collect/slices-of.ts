import { SERVICE_NAME_LABEL } from '../../../shared/model/services.ts';

/** The slices of a Service, by its name. */
export function slicesOf(
  namespace: string,
  name: string,
): { readonly namespace: string; readonly labelSelector: string } {
  return { namespace, labelSelector: `${SERVICE_NAME_LABEL}=${name}` };
}
