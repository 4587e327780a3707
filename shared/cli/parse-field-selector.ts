import type { Service } from '../model/objects-network.ts';
import { nameOf, namespaceOf } from '../model/refs.ts';
import { UsageError } from './command.ts';
import { didYouMean } from './nearest.ts';

/**
 * The fields by which the API server selects Services (kubernetes, pkg/apis/core/v1/conversion.go,
 * AddFieldLabelConversionsForService). A manifest that was never applied has no type yet, and would get the usual one.
 */
export const SERVICE_FIELDS: Readonly<Record<string, (service: Service) => string>> = {
  'metadata.name': nameOf,
  'metadata.namespace': namespaceOf,
  'spec.clusterIP': ({ spec }) => spec?.clusterIP ?? '',
  'spec.type': ({ spec }) => spec?.type ?? 'ClusterIP',
};

/**
 * Reads `--field-selector` as kubectl does: `metadata.name=web,metadata.namespace!=kube-system`; `==` is `=`, a comma means
 * and. It is judged here, not by the server, so that a recording gives the same answer. Throws a UsageError for anything else.
 */
export function parseFieldSelector(text: string): (service: Service) => boolean {
  const terms = text
    .split(',')
    .filter((term) => term.trim() !== '')
    .map((term) => parseTerm(term.trim(), text));
  return (service) => terms.every((holds) => holds(service));
}

function parseTerm(term: string, text: string): (service: Service) => boolean {
  const [, field, operator, wanted = ''] = /^([^=!\s]+)\s*(==?|!=)\s*([^=\s]*)$/.exec(term) ?? [];
  if (field === undefined) {
    throw new UsageError(
      `--field-selector ${text} is not a field selector`,
      'Examples: metadata.name=web, metadata.namespace!=kube-system',
    );
  }
  const read = Object.hasOwn(SERVICE_FIELDS, field) ? SERVICE_FIELDS[field] : undefined;
  if (read === undefined) {
    const known = Object.keys(SERVICE_FIELDS);
    throw new UsageError(
      `Services are not selected by ${field}`,
      `${didYouMean(field, known)}\nThe fields are ${known.join(', ')}.`.trim(),
    );
  }
  return (service) => (read(service) === wanted) === (operator !== '!=');
}
