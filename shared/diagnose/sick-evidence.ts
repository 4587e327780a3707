import type { Evidence } from '../messages/finding.ts';
import type { SickPod } from '../model/sick-pods.ts';
import { ago } from '../util/duration.ts';

/** `coredns-x on node2: CrashLoopBackOff, exit code 1, not ready for 5m`. */
export function sickEvidence({ name, namespace, node, reason, message, since }: SickPod, now: number): Evidence {
  const where = node === '' ? '' : ` on ${node}`;
  const span = ago(since, now).replace(' ago', '');
  const how = `${reason}${span === '' ? '' : `, not ready for ${span}`}${message === '' ? '' : `: ${message}`}`;
  return { fact: `${name}${where}: ${how}`, source: `Pod ${namespace}/${name}` };
}
