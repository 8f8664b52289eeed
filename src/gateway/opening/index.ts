/** What a gateway is made of, and how it is opened, also where much of it is in trouble. */
export { gatewayUnusable, type GatewayOptions } from './gateway-options.ts';
export type { GatewayParts } from './gateway-parts.ts';
export { openParts } from './open-parts.ts';
