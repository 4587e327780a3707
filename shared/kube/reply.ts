import type { WebSocket } from 'ws';
import type { KindName } from '../model/kinds.ts';
import type { ReadResult } from './ports.ts';

/** An answer that Kubernetes gave, whatever its status. */
export interface Reply {
  readonly status: number;
  /** The parsed body, undefined when it is not JSON. */
  readonly json: unknown;
  readonly body: Buffer;
  /** The connection, when the server switched to it (101). */
  readonly socket?: WebSocket;
}

export type Verb = 'list' | 'get' | 'get logs of' | 'get through' | 'forward to' | 'review' | 'version';

/** What was asked for, to be named in a refusal. */
export interface Question {
  readonly verb: Verb;
  readonly kind: KindName;
  readonly namespace: string | undefined;
  readonly name?: string;
}

/** Why one question got no value. */
export type Refusal = Exclude<ReadResult<never>, { readonly status: 'ok' }>;
