/** Routes of the Gateway API that may send to a Service over HTTP. */
export const ROUTE_KINDS = ['HTTPRoute', 'GRPCRoute'] as const;
