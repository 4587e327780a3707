import type { Finding } from '../../../../shared/messages/finding.ts';
import { isProvenAbsent } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Secret } from '../../../../shared/model/objects.ts';
import type { Ingress } from '../../../../shared/model/objects-network.ts';
import { formatRef, nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { formatDuration } from '../../../../shared/util/duration.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { type Certificate, coversHost, keyBelongs, readCertificates } from '../../../../shared/util/x509.ts';
import { ingressMessages } from '../../messages/ingress.ts';
import { likeness } from '../selector/label-distance.ts';
import { judgeTlsHosts } from './tls-hosts.ts';

const DAY = 86_400_000;
/** A certificate that nobody renews by itself must be looked at so long before its end. */
const SOON = 30 * DAY;

/** One TLS entry of an Ingress with what its findings have in common. */
interface Entry {
  readonly ingress: Ingress;
  readonly secret: string;
  readonly hosts: readonly string[];
  readonly common: { readonly ingress: string; readonly namespace: string; readonly secret: string };
}

/** What is wrong with the certificates of an Ingress. Values of Secrets are never printed. */
export function judgeCertificates(index: ClusterIndex, ingress: Ingress, now: number): readonly Finding[] {
  const entries = (ingress.spec?.tls ?? []).flatMap((tls) => {
    // Without a secret the controller serves its own default certificate: a choice, not a fault.
    if (tls.secretName === undefined || tls.secretName === '') return [];
    const listed = tls.hosts ?? [];
    const hosts = listed.length > 0 ? listed : (ingress.spec?.rules ?? []).flatMap((rule) => rule.host ?? []);
    const entry: Entry = {
      ingress,
      secret: tls.secretName,
      hosts,
      common: { ingress: nameOf(ingress), namespace: namespaceOf(ingress), secret: tls.secretName },
    };
    return judgeEntry(index, entry, now);
  });
  return [...entries, ...judgeTlsHosts(ingress)];
}

function judgeEntry(index: ClusterIndex, entry: Entry, now: number): readonly Finding[] {
  const namespace = namespaceOf(entry.ingress);
  const secret = index.get('Secret', namespace, entry.secret);
  if (secret === undefined) {
    if (!isProvenAbsent(index, 'Secret', namespace, entry.secret)) {
      return [unverified(entry, index.seen('Secret', namespace, entry.secret).reason)];
    }
    return [missing(index, entry)];
  }
  if (secret.data === undefined || secret.data === null) return [unverified(entry, 'its data was not read')];
  const lacking = ['tls.crt', 'tls.key'].filter((key) => secret.data?.[key] === undefined);
  if (lacking.length > 0) return [wrongType(entry, secret, lacking)];
  const findings: Finding[] = secret.type === 'kubernetes.io/tls' ? [] : [wrongType(entry, secret, [])];
  const pem = decode(secret.data?.['tls.crt']);
  if (pem === '') return [...findings, unverified(entry, 'the value of tls.crt was not read')];
  const chain = readCertificates(pem);
  const position = chain === undefined ? undefined : keyPosition(secret, chain);
  // In a chain of the wrong order the server's own certificate is the one to which the key belongs.
  const leaf = chain?.[Math.max(1, position ?? 1) - 1];
  if (chain === undefined || leaf === undefined) return [...findings, unreadable(entry)];
  return [...findings, ...judgeLeaf(entry, secret, leaf, now), ...judgeKey(entry, secret, chain, position)];
}

function missing(index: ClusterIndex, entry: Entry): Finding {
  const namespace = namespaceOf(entry.ingress);
  const elsewhere = index
    .list('Secret')
    .filter((secret) => nameOf(secret) === entry.secret && namespaceOf(secret) !== namespace)
    .map(namespaceOf)
    .sort((a, b) => likeness(b, namespace) - likeness(a, namespace));
  const issued = Object.keys(entry.ingress.metadata?.annotations ?? {}).some((key) =>
    /cert-manager\.io\/(cluster-)?issuer/.test(key),
  );
  return ingressMessages.SVC709.raise({
    subject: refOf(entry.ingress, 'Ingress'),
    args: { ...entry.common, hosts: joinNames(entry.hosts, 3), elsewhere: elsewhere[0] ?? '', issued },
    impact: 0.5,
    evidence: [
      { fact: `secretName is ${entry.secret}`, source: `${formatRef(refOf(entry.ingress, 'Ingress'))} spec.tls` },
      { fact: `there is no Secret ${entry.secret}`, source: `Secrets of namespace ${namespace}` },
      ...elsewhere
        .slice(0, 2)
        .map((other) => ({ fact: `it exists in namespace ${other}`, source: `Secret ${other}/${entry.secret}` })),
    ],
  });
}

function wrongType(entry: Entry, secret: Secret, lacking: readonly string[]): Finding {
  const keys = Object.keys(secret.data ?? {});
  return ingressMessages.SVC710.raise({
    subject: refOf(secret, 'Secret'),
    args: { ...entry.common, type: secret.type ?? 'Opaque', lacking: joinNames(lacking, 2), keys: joinNames(keys, 4) },
    confidence: lacking.length > 0 ? 'proven' : 'possible',
    impact: lacking.length > 0 ? 0.5 : 0.1,
    evidence: [
      {
        fact: `type ${secret.type ?? 'Opaque'} with ${keys.length === 0 ? 'no keys' : joinNames(keys, 4)}`,
        source: formatRef(refOf(secret, 'Secret')),
      },
    ],
  });
}

function unreadable(entry: Entry): Finding {
  return ingressMessages.SVC718.raise({
    subject: { kind: 'Secret', namespace: entry.common.namespace, name: entry.secret },
    args: entry.common,
    impact: 0.5,
    evidence: [
      { fact: 'tls.crt holds no PEM certificate', source: `Secret ${entry.common.namespace}/${entry.secret} tls.crt` },
    ],
  });
}

function unverified(entry: Entry, reason: string): Finding {
  return ingressMessages.SVC716.raise({
    subject: refOf(entry.ingress, 'Ingress'),
    args: { ...entry.common, reason },
    evidence: [{ fact: reason, source: `Secret ${entry.common.namespace}/${entry.secret}` }],
  });
}

function judgeLeaf(entry: Entry, secret: Secret, leaf: Certificate, now: number): readonly Finding[] {
  const subject = refOf(secret, 'Secret');
  const source = `${formatRef(subject)} tls.crt`;
  const findings: Finding[] = [];
  const dates = {
    fact: `valid from ${iso(leaf.notBefore)} until ${iso(leaf.notAfter)}, ${leaf.subject}`,
    source,
  };
  if (leaf.notAfter <= now) {
    const args = { ...entry.common, since: formatDuration(now - leaf.notAfter), end: iso(leaf.notAfter) };
    findings.push(ingressMessages.SVC711.raise({ subject, args, impact: 0.8, evidence: [dates] }));
  } else if (leaf.notBefore > now) {
    const args = { ...entry.common, begin: iso(leaf.notBefore) };
    findings.push(ingressMessages.SVC717.raise({ subject, args, impact: 0.8, evidence: [dates] }));
  } else if (leaf.notAfter - now < patience(secret, leaf)) {
    const args = { ...entry.common, left: formatDuration(leaf.notAfter - now), end: iso(leaf.notAfter) };
    findings.push(ingressMessages.SVC712.raise({ subject, args, impact: 0.1, evidence: [dates] }));
  }
  const bare = entry.hosts.filter((host) => !coversHost(leaf, host));
  if (bare.length > 0) {
    // Old clients accept the common name when there are no alternative names; present ones do not.
    const byName = leaf.names.length === 0 && bare.every((host) => host === leaf.commonName);
    findings.push(
      ingressMessages.SVC713.raise({
        subject,
        args: {
          ...entry.common,
          hosts: joinNames(bare, 3),
          names: leaf.names.length === 0 ? `no names (CN=${leaf.commonName})` : joinNames(leaf.names, 4),
        },
        severity: byName ? 'info' : 'warning',
        impact: 0.6,
        evidence: [
          {
            fact:
              leaf.names.length === 0 ? `no subjectAltName, CN=${leaf.commonName}` : `for ${joinNames(leaf.names, 6)}`,
            source,
          },
          {
            fact: `hosts ${joinNames(entry.hosts, 4)}`,
            source: `${formatRef(refOf(entry.ingress, 'Ingress'))} spec.tls`,
          },
        ],
      }),
    );
  }
  return findings;
}

/** What cert-manager keeps is renewed after two thirds of its life; only when that is overdue is it worth a word. */
function patience(secret: Secret, leaf: Certificate): number {
  const kept = secret.metadata?.annotations?.['cert-manager.io/certificate-name'] !== undefined;
  return kept ? Math.min(SOON, (leaf.notAfter - leaf.notBefore) / 6) : SOON;
}

function judgeKey(
  entry: Entry,
  secret: Secret,
  chain: readonly Certificate[],
  position: number | undefined,
): readonly Finding[] {
  if (position === undefined || position === 1) return [];
  return [
    ingressMessages.SVC714.raise({
      subject: refOf(secret, 'Secret'),
      args: { ...entry.common, position },
      impact: 0.6,
      evidence: [
        {
          fact:
            position === 0
              ? `the key belongs to none of ${chain.length} certificates in tls.crt`
              : `the key belongs to certificate ${position} of ${chain.length}, the server's own must stand first`,
          source: `${formatRef(refOf(secret, 'Secret'))} tls.crt, tls.key`,
        },
      ],
    }),
  ];
}

/** Our own recordings hold no keys; they note instead to which certificate the key belongs. */
const NOTED = 'kubectl-net/key-belongs-to-certificate';

/** The place of the certificate to which the key belongs, from 1; 0 for none, undefined when that cannot be told. */
function keyPosition(secret: Secret, chain: readonly Certificate[]): number | undefined {
  const key = decode(secret.data?.['tls.key']);
  if (key === '') {
    const noted = secret.metadata?.annotations?.[NOTED];
    return noted === 'none' ? 0 : /^\d+$/.test(noted ?? '') ? Number(noted) : undefined;
  }
  const fits = chain.map((certificate) => keyBelongs(certificate, key));
  return fits.includes(undefined) ? undefined : fits.indexOf(true) + 1;
}

function decode(value: string | undefined): string {
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : '';
}

function iso(time: number): string {
  return Number.isNaN(time) ? 'an unknown time' : new Date(time).toISOString().replace('.000Z', 'Z');
}
