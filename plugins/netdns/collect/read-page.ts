import type { Duplex } from 'node:stream';
import type { ClusterReader, ProxyAnswer, ReadResult } from '../../../shared/kube/ports.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';

/**
 * One page of a pod: through the API server's proxy; where that is refused or leads nowhere (metrics on loopback), through
 * a port-forward. When both fail, the reasons of both are told.
 */
export async function readPage(
  reader: ClusterReader,
  pod: Pod,
  port: number,
  path: string,
  timeoutMs: number,
): Promise<ReadResult<ProxyAnswer>> {
  const [namespace, name] = [namespaceOf(pod), nameOf(pod)];
  const answer = await reader.proxy({ kind: 'Pod', namespace, name, port, path, timeoutMs });
  // A page of the target's own, such as 503 of /ready, is an answer.
  if (answer.status === 'ok') return answer;
  const opened = await reader.forward(namespace, name, port, { timeoutMs });
  if (opened.status !== 'ok') {
    const both = answer.reason === opened.reason ? answer.reason : `${answer.reason}; ${opened.reason}`;
    return { status: answer.status, reason: both };
  }
  try {
    return { status: 'ok', value: await get(opened.value, path, timeoutMs) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { status: answer.status, reason: `${answer.reason}; port-forward to ${port}: ${why}` };
  }
}

/** HTTP/1.0 over an open connection: the server ends it with the page. */
function get(stream: Duplex, path: string, timeoutMs: number): Promise<ProxyAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => stream.destroy(new Error('no answer')), timeoutMs);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    stream.on('end', () => {
      clearTimeout(timer);
      const [head = '', ...rest] = Buffer.concat(chunks).toString('utf8').split('\r\n\r\n');
      stream.destroy();
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
      if (status === undefined) reject(new Error('the answer is no HTTP'));
      else resolve({ status: Number(status), text: rest.join('\r\n\r\n') });
    });
    stream.write(`GET ${path} HTTP/1.0\r\nHost: localhost\r\nAccept: text/plain\r\n\r\n`);
  });
}
