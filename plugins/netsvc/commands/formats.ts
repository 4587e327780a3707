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
