/** The five, in the order in which a question passes them. */
export const serviceNames = ['gateway', 'provisioning', 'knowledge', 'chat', 'memory'] as const;
export type ServiceName = (typeof serviceNames)[number];
