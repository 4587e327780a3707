import { shellQuote } from './text.ts';

/**
 * A `kubectl patch` line. `type` is merge for maps and scalars, json for positions in lists, strategic for lists that
 * Kubernetes merges by key (containers by name).
 */
export function patchLine(
  kind: string,
  namespace: string | undefined,
  name: string,
  patch: unknown,
  type: 'merge' | 'json' | 'strategic' = 'merge',
): string {
  const scope = namespace === undefined ? '' : ` -n ${namespace}`;
  return `kubectl patch ${kind} ${name}${scope} --type=${type} -p ${shellQuote(JSON.stringify(patch))}`;
}

/** `kubectl apply` of one object that is written into the line itself, so that it can be pasted as it is. */
export function applyLine(object: unknown): string {
  return `echo ${shellQuote(JSON.stringify(object))} | kubectl apply -f -`;
}

/** Prints an object as a merge patch would leave it and changes nothing: for a pipe, with kubectl alone. */
export function changedCopy(kind: string, namespace: string | undefined, name: string, patch: unknown): string {
  return `${patchLine(kind, namespace, name, patch)} --dry-run=client -o json`;
}

/**
 * A line that deletes objects or makes them anew, after what keeps them in a file, and the line that brings them back. The
 * server takes nothing that names the version it had.
 */
export function keptFirst(
  kind: string,
  namespace: string | undefined,
  names: string,
  command: string,
): { readonly command: string; readonly undo: string } {
  const scope = namespace === undefined ? '' : ` -n ${namespace}`;
  return {
    command: `kubectl get ${kind} ${names}${scope} -o yaml | grep -v resourceVersion: > before.yaml && ${command}`,
    undo: 'kubectl replace --force -f before.yaml',
  };
}
