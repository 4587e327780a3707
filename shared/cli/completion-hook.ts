/**
 * The executable that kubectl 1.26 and later calls for completion of a plugin: it must be named
 * `kubectl_complete-NAME` (on Windows with `.cmd`), stand in PATH, and print candidates in cobra's form. It goes through
 * kubectl, which finds the plugin wherever krew or a package put it.
 */
export function completionHook(plugin: string, system: 'posix' | 'windows' = 'posix'): string {
  if (system === 'windows') return `@kubectl ${plugin} __complete %*\r\n`;
  return `#!/usr/bin/env sh\nexec kubectl ${plugin} __complete "$@"\n`;
}
