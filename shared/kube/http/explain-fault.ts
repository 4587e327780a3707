import { ClusterError } from '../ports.ts';
import { StalledError } from './exchange.ts';
import { ProxyError } from './tunnel.ts';
import { isUnknownAuthority } from './unknown-authority.ts';

/** Who was asked, for the messages. */
export interface Asked {
  readonly server: string;
  /** `context "prod"`, or how else the server was chosen. */
  readonly via: string;
  /** The proxy between, without its password. */
  readonly proxy?: string;
}

/**
 * The fault of a request in words, or undefined for something that is no fault of the connection (an abort, our own
 * bug). Codes: Node's `errors` and OpenSSL's X509_V_ERR_… names.
 */
export function explainFault(error: unknown, asked: Asked): ClusterError | undefined {
  if (error instanceof ClusterError) return error;
  if (error instanceof StalledError) return stalled(error, asked);
  if (error instanceof ProxyError) return proxyFault(error, asked);
  const { code = '', message = '' } = rootOf(error);
  return network(code, asked) ?? trust(code, message, error, asked) ?? garbled(code, message, asked);
}

/** Several addresses were tried: the first one's failure stands for all. */
function rootOf(error: unknown): { readonly code?: string; readonly message?: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return rootOf(error.errors[0]);
  return typeof error === 'object' && error !== null ? error : {};
}

function stalled(error: StalledError, { server, via, proxy }: Asked): ClusterError {
  const seconds = `${error.milliseconds / 1000} s`;
  const said =
    error.phase === 'connect'
      ? `${server} did not accept a connection${proxy === undefined ? '' : ` through the proxy ${proxy}`} within ${seconds}.`
      : error.phase === 'answer'
        ? `${server} accepted the connection but did not answer within ${seconds}.`
        : `${server} began to answer and then fell silent for ${seconds}.`;
  const hint =
    error.phase === 'connect'
      ? `A firewall, a VPN that is down or a wrong address? The server comes from ${via}.`
      : 'The API server may be overloaded; try again, or give it longer with --request-timeout 60s.';
  return new ClusterError('timeout', said, hint);
}

function proxyFault(error: ProxyError, { server }: Asked): ClusterError {
  if (error.status === undefined) {
    return new ClusterError(
      'unreachable',
      `The proxy ${error.proxy}, needed for ${server}, cannot be reached: ${error.message}.`,
      'Check proxy-url in the kubeconfig and HTTPS_PROXY; NO_PROXY lists servers to be reached directly.',
    );
  }
  const login = error.status === 407 ? ' It wants a login: http://USER:PASSWORD@HOST:PORT.' : '';
  return new ClusterError(
    'unreachable',
    `The proxy ${error.proxy} refused to connect to ${server}: ${error.message}.`,
    `Check proxy-url in the kubeconfig and HTTPS_PROXY, or exclude the server with NO_PROXY.${login}`,
  );
}

function network(code: string, { server, via }: Asked): ClusterError | undefined {
  const unreachable = (message: string, hint: string): ClusterError => new ClusterError('unreachable', message, hint);
  const from = `The server comes from ${via}.`;
  switch (code) {
    case 'ECONNREFUSED':
      return unreachable(
        `${server} refused the connection: nothing listens there.`,
        `Is the cluster running, and is the address right? ${from}`,
      );
    case 'ENOTFOUND':
    case 'EAI_NODATA':
      return unreachable(
        `The name of the server ${server} does not resolve.`,
        `A VPN that is down, or a cluster that was deleted? ${from}`,
      );
    case 'EAI_AGAIN':
      return unreachable(
        `The name of the server ${server} could not be looked up: no DNS server answered.`,
        'Check the network of this machine.',
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return unreachable(`There is no route to ${server}.`, `Check the network or VPN of this machine. ${from}`);
    case 'ETIMEDOUT':
      return new ClusterError(
        'timeout',
        `${server} did not accept a connection in time.`,
        `A firewall, a VPN that is down or a wrong address? ${from}`,
      );
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
    case 'CUTOFF':
      return unreachable(
        `${server} closed the connection again and again before it had answered.`,
        'The API server or a load balancer in front of it may be restarting; try again in a minute.',
      );
    default:
      return undefined;
  }
}

function trust(code: string, message: string, error: unknown, { server, via }: Asked): ClusterError | undefined {
  const refused = (why: string, hint: string): ClusterError =>
    new ClusterError('unreachable', `The certificate of ${server} is not accepted: ${why}.`, hint);
  if (isUnknownAuthority(code)) {
    return refused(
      'it is signed by an unknown authority',
      `Pass --certificate-authority FILE or renew the kubeconfig (the cluster may have been created anew); it was chosen by ${via}. Only for a test: --insecure-skip-tls-verify.`,
    );
  }
  if (code === 'CERT_HAS_EXPIRED') {
    return refused(
      'it has expired',
      'Renew the certificate on the control plane (kubeadm certs renew apiserver), or check the clock of this machine. Only for a test: --insecure-skip-tls-verify.',
    );
  }
  if (code === 'CERT_NOT_YET_VALID') return refused('it is not valid yet', 'Check the clock of this machine.');
  if (code === 'CERT_REVOKED') return refused('it was revoked', 'Renew the certificate on the control plane.');
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = namesOf(error);
    const first = names.find((name) => !name.includes('*')) ?? 'NAME';
    return refused(
      `it is for other names${names.length === 0 ? '' : ` (${names.slice(0, 6).join(', ')})`}`,
      `Use an address that the certificate names, or pass --tls-server-name ${first}.`,
    );
  }
  if (/alert (bad certificate|certificate (expired|revoked|unknown|required)|unknown ca)/i.test(message)) {
    return new ClusterError(
      'unauthorized',
      `${server} refused the client certificate.`,
      `It may have expired, or belong to another cluster: renew the login of ${via}.`,
    );
  }
  return undefined;
}

function namesOf(error: unknown): readonly string[] {
  const { cert } = error as { cert?: { subjectaltname?: string } };
  return (cert?.subjectaltname ?? '')
    .split(', ')
    .filter((name) => name !== '')
    .map((name) => name.replace(/^(DNS|IP Address):/, ''));
}

function garbled(code: string, message: string, { server, via }: Asked): ClusterError | undefined {
  if (/wrong version number|packet length too long|http request/i.test(message)) {
    return new ClusterError(
      'protocol',
      `${server} does not speak TLS.`,
      `Is the port right? A server without TLS (kubectl proxy) is written http://… The server comes from ${via}.`,
    );
  }
  if (code.startsWith('HPE_')) {
    return new ClusterError(
      'protocol',
      `What listens at ${server} does not speak HTTP.`,
      `Is the port right? The server comes from ${via}.`,
    );
  }
  if (code === 'ERR_INVALID_CHAR')
    return new ClusterError(
      'config',
      'A value for the request headers holds line breaks or other forbidden characters.',
      'Check token, --as and --as-group.',
    );
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code.startsWith('ERR_OSSL_') || code === 'EPROTO') {
    return new ClusterError(
      'unreachable',
      `No secure connection to ${server} could be agreed: ${sslReason(message)}.`,
      `Check certificate-authority, client-certificate and client-key of ${via}.`,
    );
  }
  return undefined;
}

/** The words at the end of OpenSSL's message, without its numbers and file names. */
function sslReason(message: string): string {
  const parts = message.split(':').map((part) => part.trim());
  const reason = parts.findLast((part) => /^[a-z][a-z0-9 ]{4,}$/i.test(part) && !part.startsWith('SSL alert number'));
  return reason ?? (message.trim() === '' ? 'the reason is unknown' : message.trim());
}
