import type { RuleLines } from './rule-lines.ts';
import type { YamlWord } from './yaml-words.ts';

/** One value of a document, before anyone knows whether it is a Kubernetes object. */
export interface ParsedValue {
  readonly value: unknown;
  /** 1-based line in the file at which it starts, when known. */
  readonly line: number | undefined;
  /** Where the fields and rules of a policy stand. */
  readonly rules?: RuleLines;
  /** The first key that a policy has twice in one mapping, as text, and the 1-based line of the second. */
  readonly twice?: readonly [key: string, line: number];
}

/** A document of a file: a single value, or a list whose items come one by one so that memory stays small. */
export interface ParsedDocument {
  /** The List without its items; absent for a single value. */
  readonly header?: unknown;
  /** The document is a bare array, as older support bundles have them. */
  readonly array?: true;
  readonly values: Iterable<ParsedValue>;
  /** The first key that stands twice in one mapping of a list that holds policies, and the 1-based line of the second. */
  readonly twice?: ParsedValue['twice'];
  /** False when the text ended inside the list. */
  readonly complete: boolean;
}

/** Called for what cannot be parsed. */
export type Trouble = (line: number | undefined, message: string) => void;

/** Called for a word that kubectl reads otherwise, with the document's value. */
export type WordSink = (word: YamlWord, line: number, document: unknown) => void;
