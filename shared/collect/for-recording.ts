import { createPrivateKey, X509Certificate } from 'node:crypto';
import { KINDS, type KindName } from '../model/kinds.ts';
import type { KubeObject, Secret } from '../model/objects.ts';
import { KEY_BELONGS_TO } from '../model/recorded.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { prune } from './intake/prune.ts';
import { scrubObject, scrubText } from './redact/scrub.ts';

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
  const noted = object.kind === 'Secret' ? withPosition(object) : object;
  return scrubObject(prune(noted as unknown as Readonly<Record<string, unknown>>) as KubeObject);
}

/** Items of lists may lack kind and apiVersion; a file needs them. */
function typed(object: KubeObject, key: KindName): KubeObject {
  if (object.kind !== undefined && object.apiVersion !== undefined) return object;
  const { group, version, kind } = KINDS[key];
  return { apiVersion: group === '' ? version : `${group}/${version}`, kind, ...object };
}

function withPosition(secret: Secret): Secret {
  const { 'tls.crt': certificates = '', 'tls.key': key = '' } = secret.data ?? {};
  if (certificates === '' || key === '') return secret;
  const annotations = { ...secret.metadata?.annotations, [KEY_BELONGS_TO]: positionOf(certificates, key) };
  return { ...secret, metadata: { ...secret.metadata, annotations } };
}

function positionOf(certificates: string, key: string): string {
  try {
    const privateKey = createPrivateKey(Buffer.from(key, 'base64'));
    const chain = Buffer.from(certificates, 'base64').toString('latin1').match(CERTIFICATE) ?? [];
    const at = chain.findIndex((pem) => new X509Certificate(pem).checkPrivateKey(privateKey));
    return at < 0 ? 'none' : String(at + 1);
  } catch {
    return 'unreadable';
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
