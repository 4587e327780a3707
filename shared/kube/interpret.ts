import { type Asked, explainFault } from './http/explain-fault.ts';
import type { Answer } from './http/send.ts';
import type { Transport } from './http/transport.ts';
import type { ClusterError } from './ports.ts';
import { describeQuestion, statusOf } from './refusal.ts';
import type { Question, Refusal, Reply } from './reply.ts';
import { strangeAnswer } from './strange-answer.ts';

/**
 * Asks for a path on behalf of a question: a reply, or a fault that concerns this question alone. `trim` may shorten the
 * JSON of a good answer before it is parsed.
 */
export type Ask = (path: string, question: Question, trim?: (json: Buffer) => Buffer) => Promise<Reply | Refusal>;

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
  return async (path, question, trim = (json) => json) => {
    let answer: Answer;
    const text = question.verb === 'get logs of';
    try {
      answer = await transport.get(path, text ? '*/*' : 'application/json');
    } catch (error) {
      signal.throwIfAborted();
      const explained = explainFault(error, asked);
      if (explained === undefined) throw error;
      return fault(explained, question);
    }
    if (answer.status === 401) throw options.unauthorized(false);
    const log = text && answer.status === 200;
    const reply: Reply = { status: answer.status, body: answer.body, json: log ? undefined : parse(trim(answer.body)) };
    const strange = log ? undefined : strangeAnswer(reply, answer.headers, path, asked);
    if (strange !== undefined) return fault(strange, question);
    if (!granted && options.anonymous && isAnonymous(reply)) throw options.unauthorized(true);
    if (reply.status === 200 && question.verb !== 'version') granted = true;
    understood = true;
    return reply;
  };
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
