import { Client, type QueryResultRow } from 'pg';

/** Runs each query on a connection of its own. */
export const queriesOf =
  (url: string) =>
  async <Row extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> => {
    const client = new Client({ connectionString: url });
    // A server that dies under a query fails the query; without this it would end our process as well.
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(text, [...values])).rows;
    } finally {
      await client.end();
    }
  };
