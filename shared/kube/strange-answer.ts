import type { IncomingHttpHeaders } from 'node:http';
import type { Asked } from './http/explain-fault.ts';
import { ClusterError } from './ports.ts';
import { statusOf } from './refusal.ts';
import type { Reply } from './reply.ts';

/**
 * Something that no Kubernetes API says: a redirect, a web page, text where JSON was asked for, "not found" for the core
 * API itself. Undefined for everything that may be one.
 */
export function strangeAnswer(
  reply: Reply,
  headers: IncomingHttpHeaders,
  path: string,
  { server, via }: Asked,
): ClusterError | undefined {
  const { status, json } = reply;
  const from = `the server address comes from ${via}`;
  if (status >= 300 && status < 400) {
    const to = headers.location === undefined ? '' : ` to ${originOf(headers.location, server)}`;
    return strange(
      `${server} redirects${to} (${status}) instead of answering.`,
      `A login page or a proxy stands in front of the cluster: log in there first; ${from}.`,
    );
  }
  if (json !== undefined) return undefined;
  const start = reply.body.subarray(0, 512).toString('utf8').trimStart();
  const type = headers['content-type'] ?? '';
  if (type.includes('text/html') || /^<(!doctype|html)/i.test(start)) return webPage(status, server, from);
  if (status === 400 && /HTTP request (was sent )?to (an )?HTTPS/i.test(start)) {
    return strange(`${server} wants https.`, `Write https:// instead of http:// there; ${from}.`);
  }
  if (status === 404 && path.startsWith('/api/v1/') && statusOf(reply) === undefined) {
    return strange(
      `${server} knows no Kubernetes API (404 for ${path.split('?')[0]}).`,
      `Is its path complete? Note that ${from}.`,
    );
  }
  if (status === 200) {
    return type.includes('json')
      ? strange(`${server} answered with damaged JSON.`, 'A proxy between may cut answers short; try again.')
      : strange(
          `${server} answered with something that is not JSON.`,
          `Is this a Kubernetes API server? Note that ${from}.`,
        );
  }
  return undefined;
}

function webPage(status: number, server: string, from: string): ClusterError {
  if (status >= 502 && status <= 504) {
    return new ClusterError(
      'unreachable',
      `What stands in front of ${server} answers ${status}: it cannot reach the API server behind it.`,
      `The control plane or its load balancer is down or restarting; try again in a minute. Note that ${from}.`,
    );
  }
  return strange(
    `${server} answered with a web page (${status}), not as a Kubernetes API.`,
    `A login page, a captive portal or a proxy stands in front of it; ${from}. Log in there with a browser, or exclude the server with NO_PROXY.`,
  );
}

function strange(message: string, hint: string): ClusterError {
  return new ClusterError('protocol', message, hint);
}

function originOf(location: string, server: string): string {
  try {
    return new URL(location, server).origin;
  } catch {
    return 'another address';
  }
}
