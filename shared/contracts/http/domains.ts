import { z } from 'zod';
import { moment, pageOutput } from '../common.ts';
import { domainSettings, domainView } from '../provisioning.ts';
import { id } from './fields.ts';

export const domainParams = z.object({ domain_id: id });
/** Members that are absent stay as they are. */
export const updateDomainBody = domainSettings;
export const domainAnswer = domainView;
export const listDomainsAnswer = z.object({ domains: z.array(domainView), ...pageOutput });
/** The new key is shown this once. */
export const rotateKeyAnswer = z.object({ domain_id: z.uuid(), api_key: z.string(), previous_valid_until: moment });
