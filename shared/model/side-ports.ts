/** Names of ports that serve the operator, not the caller. */
const SIDE_NAME = /metric|prom|admin|health|probe|debug|pprof|monitor|manage|mgmt|status|stats|ready|live|jmx/;

/** Whether a name of a Service or port means metrics, health and the like. */
export function isSideName(name: string | undefined): boolean {
  return name !== undefined && SIDE_NAME.test(name);
}
