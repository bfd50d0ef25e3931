import { z } from 'zod';
import { jobView } from '../knowledge.ts';
import { id } from './fields.ts';

export const jobParams = z.object({ job_id: id });
export const jobAnswer = jobView;
