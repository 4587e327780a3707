import type { Duplex } from 'node:stream';
import {
  decodeAnswer,
  encodeQuestion,
  firstMessage,
  type WireAnswer,
  type WireQuestion,
} from '../../../shared/dns/wire.ts';

/** What came back of some questions, in the order in which they were put. */
export interface Heard {
  readonly answers: readonly WireAnswer[];
  /** Those without an answer. */
  readonly unanswered: readonly WireQuestion[];
  /** Why some have none. */
  readonly failed?: string;
}

/** Puts questions over one TCP connection, all at once; one round after the other. Never fails: what is missing is told. */
export type Conversation = (questions: readonly WireQuestion[], timeoutMs: number) => Promise<Heard>;

interface Round {
  /** The id of the first question of the round; the others count on from there. */
  readonly base: number;
  readonly questions: readonly WireQuestion[];
  readonly answers: Map<number, WireAnswer>;
  readonly start: number;
  readonly end: (failed?: string) => void;
}

/** Begins a conversation with a DNS server over an open connection. */
export function converse(stream: Duplex): Conversation {
  let buffer: Buffer = Buffer.alloc(0);
  let round: Round | undefined;
  let broken: string | undefined;
  let next = 0;

  function fail(reason: string): void {
    broken ??= reason;
    round?.end(broken);
  }

  function take(message: Buffer): void {
    const { id, rcode, answers: records } = decodeAnswer(message);
    const question = round?.questions[id - round.base];
    if (round === undefined || question === undefined) return;
    const { name, type } = question;
    const ms = Math.round(performance.now() - round.start);
    round.answers.set(id - round.base, { name, type, rcode, answers: records, ms });
    if (round.answers.size === round.questions.length) round.end();
  }

  stream.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (let length = firstMessage(buffer); length !== undefined; length = firstMessage(buffer)) {
      try {
        take(buffer.subarray(0, length));
      } catch {
        fail('the answer is no DNS message');
        return;
      }
      buffer = buffer.subarray(length);
    }
  });
  stream.on('error', (error) => fail(error.message));
  stream.on('end', () => fail('the server closed the connection without an answer'));

  return (questions, timeoutMs) =>
    new Promise((resolve) => {
      const base = next;
      next += questions.length;
      const answers = new Map<number, WireAnswer>();
      const end = (failed?: string): void => {
        clearTimeout(timer);
        round = undefined;
        const heard = questions.map((_, at) => answers.get(at)).filter((answer) => answer !== undefined);
        const unanswered = questions.filter((_, at) => !answers.has(at));
        resolve({ answers: heard, unanswered, ...(failed === undefined ? {} : { failed }) });
      };
      const timer = setTimeout(() => end(`no answer within ${timeoutMs / 1000} s`), timeoutMs);
      round = { base, questions, answers, start: performance.now(), end };
      if (broken === undefined) stream.write(Buffer.concat(questions.map((one, at) => encodeQuestion(base + at, one))));
      else end(broken);
    });
}
