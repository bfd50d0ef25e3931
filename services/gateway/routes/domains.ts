import { z } from 'zod';
import {
  domainAnswer,
  domainParams,
  listDomainsAnswer,
  updateDomainBody,
} from '../../../shared/contracts/http/domains.ts';
import { pageQuery } from '../../../shared/contracts/http/fields.ts';
import {
  getDomain,
  listDomains,
  removeDomain,
  retryDomain,
  updateDomain,
} from '../../../shared/contracts/provisioning.ts';
import { route, type Endpoint } from '../http/route.ts';

const params = domainParams;

const listDomainsRoute = route({
  method: 'get',
  path: '/domains',
  tag: 'domains',
  summary: 'List domains',
  credential: 'admin',
  input: z.object({ query: pageQuery }),
  output: listDomainsAnswer,
  handle:
    ({ bus }) =>
    ({ query }, { call }) =>
      bus.ask(listDomains, query, call()),
});

const getDomainRoute = route({
  method: 'get',
  path: '/domains/:domain_id',
  tag: 'domains',
  summary: 'Settings and status of a domain',
  credential: 'path-domain',
  input: z.object({ params }),
  output: domainAnswer,
  failures: ['not_found'],
  handle:
    ({ bus }) =>
    async (_input, { caller, call }) =>
      // Asked anew: who polls the status wants it fresh, not as the credential check remembers it.
      (await bus.ask(getDomain, { domain_id: caller.domain.domain_id }, call())).domain,
});

const updateDomainRoute = route({
  method: 'patch',
  path: '/domains/:domain_id',
  tag: 'domains',
  summary: 'Change settings of a domain',
  credential: 'path-domain',
  input: z.object({ params, body: updateDomainBody }),
  output: domainAnswer,
  failures: ['not_found'],
  handle:
    ({ bus, directory }) =>
    async ({ body }, { caller, call }) => {
      const { domain_id } = caller.domain;
      const { domain } = await bus.ask(updateDomain, { domain_id, settings: body }, call());
      directory.forget(domain_id);
      return domain;
    },
});

const removeDomainRoute = route({
  method: 'delete',
  path: '/domains/:domain_id',
  tag: 'domains',
  summary: 'Remove a domain',
  description: 'Answers when the removal is recorded; all that the domain owns goes, here and in the cloud.',
  credential: 'path-domain',
  input: z.object({ params }),
  output: domainAnswer,
  failures: ['not_found'],
  handle:
    ({ bus, directory }) =>
    async (_input, { caller, call }) => {
      const { domain_id } = caller.domain;
      const { domain } = await bus.ask(removeDomain, { domain_id }, call());
      directory.forget(domain_id);
      return domain;
    },
});

const retryDomainRoute = route({
  method: 'post',
  path: '/domains/:domain_id/retry',
  tag: 'domains',
  summary: 'Start failed provisioning again',
  description: 'From the step that failed.',
  credential: 'path-domain',
  input: z.object({ params }),
  output: domainAnswer,
  failures: ['not_found', 'conflict'],
  handle:
    ({ bus, directory }) =>
    async (_input, { caller, call }) => {
      const { domain_id } = caller.domain;
      const { domain } = await bus.ask(retryDomain, { domain_id }, call());
      directory.forget(domain_id);
      return domain;
    },
});

/** Domains for their owners and the operator. What changed here is known here at once; elsewhere by its event. */
export const domainRoutes: readonly Endpoint[] = [
  listDomainsRoute,
  getDomainRoute,
  updateDomainRoute,
  removeDomainRoute,
  retryDomainRoute,
];
