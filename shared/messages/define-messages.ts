import type { Ref } from '../model/refs.ts';
import type { Confidence, Evidence, Finding, Fix, Severity } from './finding.ts';

/** The words of one code, each a function of the arguments a check must give. */
export interface MessageText<Args> {
  /** Kebab-case, as stable as the code: `selector-matches-no-pod`. */
  readonly slug: string;
  readonly severity: Severity;
  /** The default; a check may lower it when the facts are thinner. */
  readonly confidence?: Confidence;
  /** `cause` unless said otherwise; `info` messages are notes. */
  readonly role?: 'cause' | 'note';
  /** How near to the root, see `Finding.rung`; 50 when not given. */
  readonly rung?: number;
  /** Codes that are consequences of this one. */
  readonly covers?: readonly string[];
  /** A few words for tables and the list of codes. */
  readonly title: string;
  /** One sentence, the true cause with names: no final full stop. */
  readonly summary: (args: Args) => string;
  /** Why it happens, how to confirm, what to do: plain text in paragraphs. */
  readonly explain: string;
  readonly fixes?: (args: Args) => readonly Fix[];
}

/** What a check adds to the words. */
export interface Raise<Args> {
  readonly subject: Ref;
  /** 1-based line in the text that the subject holds. */
  readonly line?: number;
  readonly args: Args;
  readonly evidence: readonly Evidence[];
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  readonly impact?: number;
  readonly pods?: readonly string[];
  /** See `Finding.dependsOn`. */
  readonly dependsOn?: readonly Ref[];
  /** See `Finding.waitsFor`. */
  readonly waitsFor?: readonly Ref[];
  /** Replaces the catalogue's fixes where only the check knows them. */
  readonly fixes?: readonly Fix[];
}

export interface Message<Args> extends MessageText<Args> {
  readonly code: string;
  readonly raise: (facts: Raise<Args>) => Finding;
}

/** Types the arguments of one message: `message<{ port: number }>({ … })`. */
export function message<Args>(text: MessageText<Args>): MessageText<Args> {
  return text;
}

// biome-ignore lint/suspicious/noExplicitAny: each message has arguments of its own; the mapped type below restores them.
type AnyText = MessageText<any>;

type Catalogue<T extends Record<string, AnyText>> = {
  readonly [Code in keyof T]: T[Code] extends MessageText<infer Args> ? Message<Args> : never;
};

/** Turns texts keyed by code into a catalogue whose entries make findings. */
export function defineMessages<T extends Record<string, AnyText>>(texts: T): Catalogue<T> {
  const catalogue: Record<string, unknown> = {};
  for (const [code, text] of Object.entries(texts)) catalogue[code] = withRaise(code, text);
  return catalogue as Catalogue<T>;
}

function withRaise<Args>(code: string, text: MessageText<Args>): Message<Args> {
  return {
    ...text,
    code,
    raise: (facts) => {
      const severity = facts.severity ?? text.severity;
      return {
        code,
        slug: text.slug,
        severity,
        confidence: facts.confidence ?? text.confidence ?? 'proven',
        subject: facts.subject,
        ...(facts.line === undefined ? {} : { line: facts.line }),
        summary: text.summary(facts.args),
        evidence: facts.evidence,
        fixes: standingAlone(facts.fixes ?? text.fixes?.(facts.args) ?? []),
        explain: text.explain,
        role: severity === 'info' ? 'note' : (text.role ?? 'cause'),
        rung: text.rung ?? 50,
        impact: facts.impact ?? (severity === 'critical' ? 1 : severity === 'warning' ? 0.3 : 0),
        covers: text.covers ?? [],
        ...(facts.pods === undefined ? {} : { pods: facts.pods }),
        ...(facts.dependsOn === undefined || facts.dependsOn.length === 0 ? {} : { dependsOn: facts.dependsOn }),
        ...(facts.waitsFor === undefined || facts.waitsFor.length === 0 ? {} : { waitsFor: facts.waitsFor }),
      };
    },
  };
}

/** What `explain CODE` and the documentation need of a message, whatever its arguments. */
export type AnyMessage = Pick<
  MessageText<never>,
  'slug' | 'severity' | 'confidence' | 'role' | 'rung' | 'covers' | 'title' | 'explain'
> & { readonly code: string };

/** The first fix is no alternative to anything, whichever of a check's fixes came to stand there. */
export function standingAlone(fixes: readonly Fix[]): readonly Fix[] {
  const [first, ...others] = fixes;
  if (first === undefined || !first.title.startsWith('or ')) return fixes;
  return [{ ...first, title: first.title.slice(3) }, ...others];
}
