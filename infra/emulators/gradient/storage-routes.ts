import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import express, { Router, type Response } from 'express';
import { baseUrlOf } from './agent-routes.ts';
import { readBody } from './answers.ts';
import { presignedUrlsBody } from './contract.ts';
import { isoMoment } from './identifiers.ts';
import type { Platform } from './platform.ts';

const uploadBytesMax = '200mb';

/** Hands out presigned upload addresses; part of the control plane. */
export const presignRoutes = (platform: Platform): Router => {
  const router = Router();
  router.post('/knowledge_bases/data_sources/file_upload_presigned_urls', (request, response) => {
    const body = readBody(platform, presignedUrlsBody, request, response);
    if (body === undefined) return;
    const expiresAt = Date.now() + platform.settings().upload_url_ms;
    const uploads = body.files.map(({ file_name: name }) => {
      const key = `${randomUUID()}-${name.replace(/[^\w.-]+/gu, '_').slice(-100)}`;
      const query = new URLSearchParams({
        'X-Amz-Expires': expiresAt.toString(),
        'X-Amz-Signature': signatureOf(platform, key, expiresAt.toString()),
      });
      return {
        object_key: key,
        original_file_name: name,
        presigned_url: `${baseUrlOf(platform, request)}/storage/uploads/${key}?${query.toString()}`,
        expires_at: isoMoment(expiresAt),
      };
    });
    response.json({ request_id: randomUUID(), uploads });
  });
  return router;
};

/** The object store that presigned addresses lead to; the address is the only credential, and errors are XML. */
export const storageRoutes = (platform: Platform): Router => {
  const router = Router();
  const readBytes = express.raw({ type: () => true, limit: uploadBytesMax });
  router.put('/storage/uploads/:key', readBytes, async (request, response) => {
    const { key } = request.params;
    const expires = wordIn(request.query['X-Amz-Expires']);
    if (!isSigned(platform, key, expires, wordIn(request.query['X-Amz-Signature']))) {
      refuseXml(response, 'SignatureDoesNotMatch', 'The request signature does not match.');
      return;
    }
    if (Number(expires) < Date.now()) {
      refuseXml(response, 'AccessDenied', 'Request has expired');
      return;
    }
    const body: unknown = request.body;
    await platform.blobs.put(key, Buffer.isBuffer(body) ? body : Buffer.alloc(0));
    response.status(200).send();
  });
  router.get('/storage/reports/:name', (_request, response) => {
    response.type('csv').send('data_source_uuid,status\n');
  });
  return router;
};

const signatureOf = ({ state }: Platform, key: string, expires: string): string =>
  createHmac('sha256', state.signingKey).update(`${key}\n${expires}`).digest('hex');

const isSigned = (platform: Platform, key: string, expires: string, signature: string): boolean => {
  const expected = Buffer.from(signatureOf(platform, key, expires));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
};

const wordIn = (parameter: unknown): string => (typeof parameter === 'string' ? parameter : '');

const refuseXml = (response: Response, code: string, message: string): void => {
  response
    .status(403)
    .type('xml')
    .send(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);
};
