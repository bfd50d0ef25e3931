import { z } from 'zod';
import { unlessMissing, type Call } from '../../../shared/gradient/control-plane.ts';
import { everyPage, perPage } from '../../../shared/gradient/every-page.ts';
import * as schemas from './schemas.ts';

/** The files of a base. */
export const sourceCalls = (call: Call) => ({
  /** The uuid of each data source, by the name its file was uploaded under; none of a base that is gone. */
  listSources: async (baseUuid: string): Promise<ReadonlyMap<string, string>> => {
    const path = `/knowledge_bases/${baseUuid}/data_sources`;
    const all = await unlessMissing(() =>
      everyPage(
        (page) => call('GET', `${path}?page=${page}&per_page=${perPage}`, schemas.dataSourcesPage),
        (page) => page.knowledge_base_data_sources,
      ),
    );
    return new Map(
      (all ?? []).flatMap(({ uuid, file_upload_data_source: file }) =>
        typeof uuid === 'string' && typeof file?.original_file_name === 'string'
          ? [[file.original_file_name, uuid]]
          : [],
      ),
    );
  },
  /** One that the cloud does not know is deleted. */
  deleteSource: async (baseUuid: string, sourceUuid: string): Promise<void> => {
    await unlessMissing(() => call('DELETE', `/knowledge_bases/${baseUuid}/data_sources/${sourceUuid}`, z.unknown()));
  },
});
