import type { Finding } from '../../../../shared/messages/finding.ts';
import type { Ingress } from '../../../../shared/model/objects-network.ts';
import { formatRef, nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { ingressMessages } from '../../messages/ingress.ts';

/**
 * TLS entries whose hosts are none of those that the rules serve: the certificate is never shown, and the hosts that are
 * served get the one of the controller. Some hosts without TLS beside others with it are a choice.
 */
export function judgeTlsHosts(ingress: Ingress): readonly Finding[] {
  const served = (ingress.spec?.rules ?? []).flatMap(({ host }) => host ?? []);
  const everyHost = (ingress.spec?.rules ?? []).some(({ host }) => host === undefined || host === '');
  const tls = (ingress.spec?.tls ?? []).flatMap(({ hosts }) => hosts ?? []);
  if (served.length === 0 || everyHost || tls.length === 0) return [];
  if (tls.some((one) => served.some((host) => fits(one, host) || fits(host, one)))) return [];
  const source = formatRef(refOf(ingress, 'Ingress'));
  return [
    ingressMessages.SVC725.raise({
      subject: refOf(ingress, 'Ingress'),
      args: {
        ingress: nameOf(ingress),
        namespace: namespaceOf(ingress),
        tls: joinNames(tls, 3),
        served: joinNames(served, 3),
        to: served.length === 1 && tls.length === 1 ? (served[0] ?? '') : '',
        from: tls[0] ?? '',
      },
      impact: 0.5,
      evidence: [
        { fact: `hosts ${joinNames(tls, 4)}`, source: `${source} spec.tls` },
        { fact: `hosts ${joinNames(served, 4)}`, source: `${source} spec.rules` },
      ],
    }),
  ];
}

/** A wildcard stands for one label. */
function fits(pattern: string, host: string): boolean {
  if (pattern === host) return true;
  return pattern.startsWith('*.') && host.slice(host.indexOf('.') + 1) === pattern.slice(2);
}
