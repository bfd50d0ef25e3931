import { Failure } from '../../../shared/errors/failure.ts';
import type { Call } from '../../../shared/gradient/control-plane.ts';
import { everyPage, perPage } from '../../../shared/gradient/every-page.ts';
import type { KnowledgeConfig } from '../config.ts';
import { modelsPage } from './schemas.ts';

/** The embedding model of the settings, else the first that the cloud lists. */
export const modelLookup = ({ embeddingModelUuid }: KnowledgeConfig, call: Call) => {
  let knownModel = embeddingModelUuid;
  return async (): Promise<string> => {
    if (knownModel !== undefined) return knownModel;
    const path = '/models?usecases=MODEL_USECASE_KNOWLEDGEBASE';
    const models = await everyPage(
      (page) => call('GET', `${path}&page=${page}&per_page=${perPage}`, modelsPage, { urgency: 'normal' }),
      (page) => page.models,
    );
    const uuid = models.find((model) => typeof model.uuid === 'string')?.uuid;
    if (typeof uuid !== 'string') throw new Failure('cloud_refused', { detail: 'The cloud offers no embedding model' });
    knownModel = uuid;
    return uuid;
  };
};
