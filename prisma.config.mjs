import { defineConfig } from 'prisma/config';

/** For Prisma's own command, so that `prisma migrate deploy` and `prisma studio` work where its native engine is at hand. */
export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
  ...(process.env.DATABASE_URL === undefined ? {} : { datasource: { url: process.env.DATABASE_URL } }),
});
