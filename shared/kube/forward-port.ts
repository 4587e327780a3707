import type { Duplex } from 'node:stream';
import { forwardStream } from './forward-stream.ts';
import { openWebSocket, WebSocketError } from './http/web-socket.ts';
import type { Ask } from './interpret.ts';
import type { ReadResult, WaitOptions } from './ports.ts';
import { describeQuestion, refusalOf } from './refusal.ts';
import type { Question, Reply } from './reply.ts';
import { resourcePath } from './resource.ts';

/** The subprotocol in which every kubelet since 1.6 forwards ports over a websocket (k8s.io/kubelet, portforward). */
const PROTOCOL = 'v4.channel.k8s.io';

export interface ForwardTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** Opens a port-forward. A server or a proxy between that cannot switch to a websocket is an ordinary failure. */
export async function forwardPort(
  { namespace, pod, port }: ForwardTarget,
  { timeoutMs }: WaitOptions,
  ask: Ask,
): Promise<ReadResult<Duplex>> {
  const question: Question = { verb: 'forward to', kind: 'Pod', namespace, name: pod };
  const path = `${resourcePath('Pod', { group: '', version: 'v1' }, namespace, pod)}/portforward?ports=${port}`;
  let reply: Reply | Exclude<Awaited<ReturnType<Ask>>, Reply>;
  try {
    reply = await ask(path, question, {
      upgrade: { protocol: PROTOCOL, open: openWebSocket },
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  } catch (error) {
    if (!(error instanceof WebSocketError)) throw error;
    return { status: 'failed', reason: `could not ${describeQuestion(question)}: ${error.message}` };
  }
  if ('reason' in reply) return reply;
  if (reply.socket !== undefined) return { status: 'ok', value: forwardStream(reply.socket) };
  return refusalOf(reply, question);
}
