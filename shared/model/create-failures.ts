/** Why the API server refused a pod that a controller wanted to create; read off its words. */
export type CreateFailure =
  | {
      readonly is: 'quota';
      readonly quota: string;
      readonly requested: string;
      readonly used: string;
      readonly limited: string;
    }
  | { readonly is: 'quota-unstated'; readonly quota: string; readonly missing: string }
  | { readonly is: 'service-account'; readonly name: string }
  | { readonly is: 'webhook-denied'; readonly webhook: string; readonly text: string }
  | { readonly is: 'webhook-unreachable'; readonly webhook: string; readonly text: string }
  | { readonly is: 'pod-security'; readonly level: string; readonly text: string }
  | { readonly is: 'limit-range'; readonly text: string }
  | { readonly is: 'policy'; readonly text: string }
  | { readonly is: 'other'; readonly text: string };

/**
 * Reads the message of condition ReplicaFailure or of an event FailedCreate, from several versions of the API server:
 * `pods "web-" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=2, limited: pods=2`.
 */
export function parseCreateFailure(message: string): CreateFailure {
  const exceeded = /exceeded quota: ([^,]+), requested: (.+), used: (.+), limited: (.+?)\s*$/s.exec(message);
  if (exceeded !== null) {
    const [, quota = '', requested = '', used = '', limited = ''] = exceeded;
    return { is: 'quota', quota, requested, used, limited };
  }
  const unstated = /failed quota: ([^:]+): (must specify .+?)\s*$/s.exec(message);
  if (unstated !== null) return { is: 'quota-unstated', quota: unstated[1] ?? '', missing: unstated[2] ?? '' };
  const account = /serviceaccounts? "([^"]+)" not found/i.exec(message);
  if (account !== null) return { is: 'service-account', name: account[1] ?? '' };
  const denied = /admission webhook "([^"]+)" denied the request:?\s*(.*)$/s.exec(message);
  if (denied !== null) return { is: 'webhook-denied', webhook: denied[1] ?? '', text: denied[2] ?? '' };
  const unreachable = /failed calling webhook "([^"]+)":\s*(.*)$/s.exec(message);
  if (unreachable !== null) {
    const text = (unreachable[2] ?? '').replace(/^failed to call webhook: /, '');
    return { is: 'webhook-unreachable', webhook: unreachable[1] ?? '', text };
  }
  const security = /violates PodSecurity "([^"]+)":\s*(.*)$/s.exec(message);
  if (security !== null) return { is: 'pod-security', level: security[1] ?? '', text: security[2] ?? '' };
  const limit = /((?:(?:maximum|minimum) \S+ usage|[\w./-]+ max limit to request ratio) per .+)$/s.exec(message);
  if (limit !== null) return { is: 'limit-range', text: (limit[1] ?? '').replace(/\]$/, '') };
  if (/ValidatingAdmissionPolicy|security context constraint/.test(message))
    return { is: 'policy', text: coreOf(message) };
  return { is: 'other', text: coreOf(message) };
}

/** The words after `pods "web-…" is forbidden:`. */
function coreOf(message: string): string {
  return message
    .replace(/^Error creating: /, '')
    .replace(/^create Pod \S+ in StatefulSet \S+ failed error: /, '')
    .replace(/^pods "[^"]*" is forbidden: /, '')
    .trim();
}

/** `requests.cpu=60m,pods=1` as entries. */
export function parseAmounts(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(',').flatMap((part): [string, string][] => {
      const at = part.indexOf('=');
      return at < 0 ? [] : [[part.slice(0, at).trim(), part.slice(at + 1).trim()]];
    }),
  );
}
