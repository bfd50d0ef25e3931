import type { domainRegistered } from '../../../shared/contracts/provisioning.ts';
import type { Delivery } from '../../../shared/bus/port.ts';
import { sha256Hex } from '../../../shared/crypto/hash.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import type { Deps } from '../deps.ts';
import { baseNameOf, profileTextOf } from '../domain.ts';
import { insertBase } from '../store/bases.ts';
import { insertDocument } from '../store/documents.ts';
import { isHeld } from '../store/removals.ts';

/** Gives a new domain its first base, so that its agent can be attached before anything is uploaded. */
export const onDomainRegistered =
  (deps: Deps) =>
  async (tx: Transaction, { envelope, data }: Delivery<typeof domainRegistered>): Promise<void> => {
    const domainId = envelope.domain_id;
    // Its removal may have overtaken it.
    if (!(await isHeld(tx, domainId))) return;
    const id = deps.clock.newId();
    const text = profileTextOf(data.domain_name);
    await insertBase(tx, {
      id,
      domainId,
      websiteKey: data.website_key,
      websiteUrl: `https://${data.domain_name}`,
      kbName: baseNameOf(deps.config.baseNamePrefix, data.website_key, id),
    });
    await insertDocument(tx, {
      id: deps.clock.newId(),
      domainId,
      jobId: null,
      baseId: id,
      isProfile: true,
      name: data.domain_name,
      filename: 'profile.md',
      type: 'md',
      version: 1,
      hash: sha256Hex(text),
      bytes: Buffer.byteLength(text),
      pages: null,
      chunks: 1,
      chunkSize: 1000,
      useSemantic: false,
      text,
    });
    deps.wakeBases();
  };
