import { Failure } from '../../../shared/errors/failure.ts';
import type { Call } from '../../../shared/gradient/control-plane.ts';
import type { Http } from '../../../shared/http/contract.ts';
import { garbled } from './garbled.ts';
import { presignedAnswer } from './schemas.ts';

// An address that expired, a clock that is off, a storage that is busy: another address may do.
const passingStatuses = new Set([401, 403, 408, 409, 425, 429]);

/**
 * Puts a file into the cloud's storage and tells its key there. May be repeated: each time has an address and an object of
 * its own. Throws `cloud_refused` when the storage does not take this file, `cloud_unavailable` otherwise.
 */
export const uploadFile =
  (call: Call, http: Pick<Http, 'send'>) =>
  async (file: {
    readonly name: string;
    readonly body: Uint8Array;
    readonly signal?: AbortSignal;
  }): Promise<string> => {
    const signal = file.signal === undefined ? {} : { signal: file.signal };
    const files = [{ file_name: file.name, file_size: String(file.body.byteLength) }];
    const path = '/knowledge_bases/data_sources/file_upload_presigned_urls';
    const { uploads } = await call('POST', path, presignedAnswer, { json: { files }, ...signal });
    const target = uploads[0];
    if (typeof target?.object_key !== 'string' || typeof target.presigned_url !== 'string') {
      throw garbled('presigned URL');
    }
    const { status } = await http.send({
      method: 'PUT',
      url: target.presigned_url,
      headers: { 'content-type': 'application/octet-stream' },
      body: file.body,
      timeoutMs: 60_000,
      ...signal,
    });
    if (status >= 200 && status <= 299) return target.object_key;
    const cause = new Error(`PUT ${status}`);
    if (status >= 400 && status < 500 && !passingStatuses.has(status)) {
      throw new Failure('cloud_refused', { detail: `The cloud's storage refused the file (HTTP ${status})`, cause });
    }
    throw new Failure('cloud_unavailable', { cause });
  };
