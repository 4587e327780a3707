declare const KUBECTL_NET_VERSION: string | undefined;

/** The version of the suite, put in by `scripts/build.ts`; `0.0.0-dev` when run from the sources. */
export const VERSION: string = typeof KUBECTL_NET_VERSION === 'string' ? KUBECTL_NET_VERSION : '0.0.0-dev';
