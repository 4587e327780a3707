import { createPrivateKey, X509Certificate } from 'node:crypto';
import { KINDS, type KindName } from '../model/kinds.ts';
import type { KubeObject, Secret } from '../model/objects.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { prune } from './prune.ts';
import { scrubObject, scrubText } from './scrub.ts';

/**
 * Annotation on a recorded TLS Secret: whether its private key, which is not recorded, fits its certificate. One of
 * `matches`, `differs`, `unreadable`.
 */
export const PAIR_ANNOTATION = 'kubectl-net/certificate-pair';

/**
 * The snapshot as it may leave the machine: without values of Secrets, without secret-looking values in environment,
 * arguments, annotations, data of ConfigMaps, events and logs, and without what nobody reads.
 */
export function forRecording(snapshot: Snapshot): Snapshot {
  const objects = Object.fromEntries(
    Object.entries(snapshot.objects).map(([kind, list]) => [
      kind,
      (list as readonly KubeObject[]).map((object) => clean(typed(object, kind as KindName))),
    ]),
  );
  const { others, origins: _, ...rest } = snapshot;
  return {
    ...rest,
    objects: objects as Snapshot['objects'],
    ...(others === undefined
      ? {}
      : { others: Object.fromEntries(Object.entries(others).map(([key, list]) => [key, list.map(clean)])) }),
    logs: snapshot.logs.map((log) => ({ ...log, text: scrubText(log.text) })),
    tools: snapshot.tools.map((tool) => ({ ...tool, text: scrubText(tool.text) })),
  };
}

function clean(object: KubeObject): KubeObject {
  const noted = object.kind === 'Secret' ? withKeyFit(object) : object;
  return scrubObject(prune(noted as unknown as Readonly<Record<string, unknown>>) as KubeObject);
}

/** Items of lists may lack kind and apiVersion; a file needs them. */
function typed(object: KubeObject, key: KindName): KubeObject {
  if (object.kind !== undefined && object.apiVersion !== undefined) return object;
  const { group, version, kind } = KINDS[key];
  return { apiVersion: group === '' ? version : `${group}/${version}`, kind, ...object };
}

function withKeyFit(secret: Secret): Secret {
  const { 'tls.crt': certificate = '', 'tls.key': key = '' } = secret.data ?? {};
  if (certificate === '' || key === '') return secret;
  const annotations = { ...secret.metadata?.annotations, [PAIR_ANNOTATION]: keyFit(certificate, key) };
  return { ...secret, metadata: { ...secret.metadata, annotations } };
}

function keyFit(certificate: string, key: string): 'matches' | 'differs' | 'unreadable' {
  try {
    const privateKey = createPrivateKey(Buffer.from(key, 'base64'));
    return new X509Certificate(Buffer.from(certificate, 'base64')).checkPrivateKey(privateKey) ? 'matches' : 'differs';
  } catch {
    return 'unreadable';
  }
}
