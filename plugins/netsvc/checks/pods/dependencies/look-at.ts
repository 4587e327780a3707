import type { Fix } from '../../../../../shared/messages/finding.ts';

/** The line that asks about a Service which somebody depends on. */
export function lookAt(namespace: string, name: string): Fix {
  return {
    title: `see what is wrong with Service ${name}`,
    command: `kubectl netsvc ${name} -n ${namespace}`,
    risk: 'none',
  };
}
