import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Component, type ComponentName, componentHash, components } from './pins.ts';

/** Where built things stay between runs: one folder per component and hash of its pins. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kubectl-net', 'cluster');
}

export function componentFolder(component: Component): string {
  return join(cacheRoot(), `${component.name}-${component.version}-${componentHash(component)}`);
}

export function binaryPath(name: ComponentName): string {
  const component: Component | undefined = components.find((one) => one.name === name);
  if (component === undefined) {
    throw new Error(`no component ${name}`);
  }
  return join(componentFolder(component), component.binary);
}
