const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * The number a Kubernetes quantity stands for: `250m` is 0.25, `128Mi` is 134217728. Undefined when it is not one.
 * Source: k8s.io/apimachinery/pkg/api/resource, the serialisation format in its doc comment.
 */
export function parseQuantity(text: string | number | undefined): number | undefined {
  if (typeof text === 'number') return text;
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(text ?? '');
  if (match === null) return undefined;
  const [, mantissa = '0', exponent, suffix = ''] = match;
  if (exponent !== undefined) return Number(mantissa + exponent);
  return Number(mantissa) * (SUFFIXES[suffix] ?? 1);
}
