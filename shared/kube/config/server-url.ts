import { ClusterError } from '../ports.ts';

/**
 * The server's address as a URL without a slash at its end; a path (Rancher, a proxy) is kept. Without a scheme it is
 * http, even where an authority is configured: seen with kubectl 1.32 (client-go decides before it reads the trust
 * settings).
 */
export function parseServerUrl(server: string): URL {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(server) ? server : `http://${server}`;
  let url: URL;
  try {
    url = new URL(withScheme);
  } catch {
    throw badServer(server, 'it is not a URL or host:port pair');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw badServer(server, 'it must begin with https:// or http://');
  url.pathname = url.pathname.replace(/\/+$/, '');
  url.search = '';
  url.hash = '';
  return url;
}

function badServer(server: string, why: string): ClusterError {
  return new ClusterError(
    'config',
    `The server address "${server}" cannot be used: ${why}.`,
    'Mend the cluster entry of the kubeconfig, or give --server https://HOST:PORT.',
  );
}
