import type { Option } from './command.ts';

/** When faults make the exit status 1. */
export const failOnOption: Option = {
  name: 'fail-on',
  type: 'string',
  value: 'SEVERITY',
  choices: ['critical', 'warning', 'info', 'never'],
  describe: 'exit 1 from this severity on: critical, warning (default), info, never',
};

/** Findings that are known and accepted. */
export const suppressOption: Option = {
  name: 'suppress',
  type: 'array',
  value: 'CODE=NS/NAME',
  describe: 'leave a known finding out; * stands for anything in code and name; may be repeated',
};

/** Who calls. */
export const fromOption: Option = {
  name: 'from',
  type: 'string',
  value: 'POD',
  describe: 'judge for this caller: pod/NAME or deploy/NAME, NS/NAME for another namespace',
};

export const allNamespacesOption: Option = {
  name: 'all-namespaces',
  alias: 'A',
  type: 'boolean',
  describe: 'all namespaces',
};

export const selectorOption: Option = {
  name: 'selector',
  alias: 'l',
  type: 'string',
  value: 'SELECTOR',
  describe: 'only Services with these labels, as in kubectl: app=web,tier!=db',
};

export const fieldSelectorOption: Option = {
  name: 'field-selector',
  type: 'string',
  value: 'SELECTOR',
  describe: 'only Services with these fields, as in kubectl: spec.type=NodePort,metadata.namespace!=kube-system',
};

/** The values of `-o` for commands that give a diagnosis. */
export const DIAGNOSIS_FORMATS = [
  'table',
  'wide',
  'json',
  'yaml',
  'markdown',
  'html',
  'name',
  'junit',
  'sarif',
] as const;
