import { callJson, valueAt, type Answer } from '../support/answer.ts';
import type { GradientEmulator } from './serve.ts';

interface Message {
  readonly role: string;
  readonly content: string;
}

/** An agent that answers from uploaded files. */
export interface Prepared {
  readonly agentUuid: string;
  readonly url: string;
  readonly secret: string;
  readonly baseUuid: string;
}

export interface Streamed {
  readonly events: readonly unknown[];
  /** True when the stream ended with `[DONE]`. */
  readonly isDone: boolean;
  readonly text: string;
}

export const agentBody = { name: 'a', instruction: 'Help.', model_uuid: 'm', project_id: 'p', region: 'tor1' };

/** Speaks to an emulator as our services do, for tests. */
export const createTestClient = ({ url: root, baseUrl }: GradientEmulator) => {
  const call = (method: string, path: string, body?: unknown): Promise<Answer> =>
    callJson(`${baseUrl}${path}`, { method, token: 'dop_v1_test', body });

  const control = (path: string, body?: unknown): Promise<Answer> =>
    callJson(`${root}/__emulator${path}`, { method: body === undefined ? 'GET' : 'POST', body });

  const chatUrl = (url: string): string => `${url}/api/v1/chat/completions?agent=true`;
  const ask = (url: string, token: string, messages: readonly Message[], options: object = {}): Promise<Answer> =>
    callJson(chatUrl(url), { method: 'POST', token, body: { model: 'n/a', messages, ...options } });

  const stream = async (
    url: string,
    token: string,
    messages: readonly Message[],
    options: object = {},
  ): Promise<Streamed> => {
    const response = await fetch(chatUrl(url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'n/a', messages, stream: true, ...options }),
    });
    const frames = (await response.text()).split('\n\n').filter((frame) => frame !== '');
    const events = frames
      .filter((frame) => frame !== 'data: [DONE]')
      .map((frame): unknown => JSON.parse(frame.slice('data: '.length)));
    const deltas = events.map((event) => valueAt(event, 'choices.0.delta.content'));
    return {
      events,
      isDone: frames.at(-1) === 'data: [DONE]',
      text: deltas.filter((delta) => typeof delta === 'string').join(''),
    };
  };

  const upload = async (name: string, content: string): Promise<string> => {
    const presigned = await call('POST', '/knowledge_bases/data_sources/file_upload_presigned_urls', {
      files: [{ file_name: name, file_size: content.length.toString() }],
    });
    await fetch(presigned.text('uploads.0.presigned_url'), { method: 'PUT', body: content });
    return presigned.text('uploads.0.object_key');
  };

  const prepare = async (files: Readonly<Record<string, string>>): Promise<Prepared> => {
    const datasources = await Promise.all(
      Object.entries(files).map(async ([name, content]) => ({
        file_upload_data_source: {
          original_file_name: name,
          size_in_bytes: content.length.toString(),
          stored_object_key: await upload(name, content),
        },
      })),
    );
    const agent = await call('POST', '/agents', agentBody);
    const agentUuid = agent.text('agent.uuid');
    const base = await call('POST', '/knowledge_bases', { name: 'b', datasources });
    const baseUuid = base.text('knowledge_base.uuid');
    await call('POST', `/agents/${agentUuid}/knowledge_bases/${baseUuid}`);
    await call('PUT', `/agents/${agentUuid}`, { provide_citations: true });
    const key = await call('POST', `/agents/${agentUuid}/api_keys`, { name: 'k' });
    const url = (await call('GET', `/agents/${agentUuid}`)).text('agent.deployment.url');
    return { agentUuid, url, secret: key.text('api_key_info.secret_key'), baseUuid };
  };

  return { call, control, ask, stream, prepare };
};
export type TestClient = ReturnType<typeof createTestClient>;
