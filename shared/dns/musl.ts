import type { Pod } from '../model/objects-pod.ts';

/** Whether a container's image is told to be of a distribution whose C library is musl, by its name. */
export function runsOnMusl(pod: Pod): boolean {
  return (pod.spec?.containers ?? []).some(({ image = '' }) => /alpine|musl/i.test(image));
}
