const VERSION_VALUE =
  /^(v?\d+([._-]\d+)*([._-]?(alpha|beta|rc)\.?\d*)?|[0-9a-f]{7,40}|blue|green|red|black|stable|canary|active|preview|primary|secondary|baseline|current|next|previous|live|standby|old|new|prod|production|staging|latest|main|legacy)$/i;

const VERSION_KEY =
  /^(version|ver|colou?r|slot|release|track|revision|rev|deployment|variant|stage|channel|state|phase|role-color|.*-template-hash|controller-revision-hash|rollouts?-.*|deploy|build|tag)$/i;

/** Whether a label key tells versions or slots of one app apart: `version`, `track`, `app.kubernetes.io/version`. */
export function isVersionKey(key: string): boolean {
  return VERSION_KEY.test(key.slice(key.lastIndexOf('/') + 1));
}

/** Whether a word names a version or a slot: `v2`, `1.4.0`, `blue`, `canary`. */
export function isVersionWord(word: string): boolean {
  return VERSION_VALUE.test(word);
}

/** A workload's name without what tells versions apart: `web-v2`, `web-green` and `web` all give `web`. */
export function stemOf(name: string): string {
  const parts = name.split('-');
  while (parts.length > 1 && isVersionWord(parts[parts.length - 1] ?? '')) parts.pop();
  if (parts.length > 1 && isVersionWord(parts[0] ?? '') && !/^\d/.test(parts[0] ?? '')) parts.shift();
  return parts.join('-').replace(/[-_]?v\d+$/, '');
}
