import { type Asked, explainFault } from './http/explain-fault.ts';
import type { Answer } from './http/send.ts';
import type { Demand, Transport } from './http/transport.ts';
import type { ClusterError } from './ports.ts';
import { describeQuestion, statusOf } from './refusal.ts';
import type { Question, Refusal, Reply, Verb } from './reply.ts';
import { strangeAnswer } from './strange-answer.ts';

/** Asks for a path on behalf of a question: a reply, or a fault that concerns this question alone. */
export type Ask = (path: string, question: Question, options?: AskedFor) => Promise<Reply | Refusal>;

export interface AskedFor extends Pick<Demand, 'post' | 'upgrade' | 'timeoutMs'> {
  /** Shortens the JSON of a good answer before it is parsed. */
  readonly trim?: (json: Buffer) => Buffer;
}

export interface AskOptions {
  readonly transport: Transport;
  readonly asked: Asked;
  readonly signal: AbortSignal;
  /** The words for a refused login, or for none where the server takes the asker for an anonymous one. */
  unauthorized(anonymous: boolean): ClusterError;
  /** True when no credentials are sent, so that "anonymous" means "not logged in". */
  readonly anonymous: boolean;
}

/**
 * Tells faults of the connection, which are thrown as ClusterError, from faults of one question, which are returned.
 * A stall, a cut or a strange answer counts for the question alone once anything else was answered: one broken
 * aggregated API must not blind the rest.
 */
export function createAsk(options: AskOptions): Ask {
  const { transport, asked, signal } = options;
  let understood = false;
  let granted = false;
  const fault = (error: ClusterError, question: Question): Refusal => {
    const partial = error.kind === 'timeout' || error.kind === 'protocol' || error.kind === 'unreachable';
    if (!partial || !understood) throw error;
    return { status: 'failed', reason: `could not ${describeQuestion(question)}: ${error.message}` };
  };
  return async (path, question, { trim = whole, ...wanted } = {}) => {
    let answer: Answer;
    const mode = MODES[question.verb] ?? 'object';
    try {
      answer = await transport.ask({ path, accept: mode === 'object' ? 'application/json' : '*/*', ...wanted });
    } catch (error) {
      signal.throwIfAborted();
      const explained = explainFault(error, asked);
      if (explained === undefined) throw error;
      return fault(explained, question);
    }
    const { status, body, headers, socket } = answer;
    const plain = mode === 'foreign' || (mode === 'text' && status === 200);
    const json = mode === 'text' && status === 200 ? undefined : parse(trim(body));
    const reply: Reply = { status, body, json, ...(socket === undefined ? {} : { socket }) };
    // A pod behind the proxy may ask for a login of its own; the API server says so with a Status.
    if (status === 401 && (mode !== 'foreign' || statusOf(reply) !== undefined)) throw options.unauthorized(false);
    const strange = plain ? undefined : strangeAnswer(reply, headers, path, asked);
    if (strange !== undefined) return fault(strange, question);
    if (!granted && options.anonymous && isAnonymous(reply)) throw options.unauthorized(true);
    if (reply.status === 200 && question.verb !== 'version') granted = true;
    understood = true;
    return reply;
  };
}

/** What answers look like: objects of the API, plain text, or whatever something behind the API server says. */
const MODES: { readonly [V in Verb]?: 'text' | 'foreign' } = {
  'get logs of': 'text',
  'get through': 'foreign',
  'forward to': 'foreign',
};

function whole(json: Buffer): Buffer {
  return json;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The server took nobody for somebody: without credentials it answers as to `system:anonymous`. */
function isAnonymous(reply: Reply): boolean {
  return reply.status === 403 && /"system:anonymous"/.test(statusOf(reply)?.message ?? '');
}
