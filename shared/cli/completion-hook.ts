/**
 * The executable that kubectl 1.26 and later calls for completion of a plugin: it must be named
 * `kubectl_complete-NAME`, stand in PATH, and print candidates in cobra's form. It goes through kubectl, which finds the
 * plugin wherever krew or a package put it.
 */
export function completionHook(plugin: string): string {
  return `#!/usr/bin/env sh\nexec kubectl ${plugin} __complete "$@"\n`;
}
