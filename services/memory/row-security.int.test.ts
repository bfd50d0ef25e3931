import { afterAll, beforeAll, expect, it } from 'vitest';
import { asVisitor } from './store/as-visitor.ts';
import { openWorld, type MemoryWorld } from './testing/world.ts';

let world: MemoryWorld;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

it('PostgreSQL shows a visitor’s rows only, even to a statement that asks for everybody’s', async () => {
  const marie = world.visitor();
  const bob = world.visitor(marie.domainId);
  const namesake = { ...world.visitor(), userId: marie.userId };
  for (const visitor of [marie, bob, namesake]) await world.say(visitor, { question: 'I am on the Pro plan.' });
  const seen = await asVisitor(world.database, marie, async (tx) => ({
    turns: await tx.$queryRaw<unknown[]>`select distinct domain_id, user_id from memory_turns`,
    facts: await tx.$queryRaw<unknown[]>`select distinct domain_id, user_id from memory_facts`,
  }));
  const own = [{ domain_id: marie.domainId, user_id: marie.userId }];
  expect(seen).toEqual({ turns: own, facts: own });
});

it('who reads as a visitor can neither write nor see other tables', async () => {
  const visitor = world.visitor();
  await expect(asVisitor(world.database, visitor, (tx) => tx.$executeRaw`delete from memory_turns`)).rejects.toThrow();
  await expect(
    asVisitor(world.database, visitor, (tx) => tx.$queryRaw`select * from memory_accounts`),
  ).rejects.toThrow();
});

it('the role ends with the transaction: the next statement on the connection is the service again', async () => {
  const visitor = world.visitor();
  await Promise.all(
    Array.from({ length: 20 }, () => asVisitor(world.database, visitor, (tx) => tx.$queryRaw`select 1`)),
  );
  const users = await Promise.all(
    Array.from({ length: 20 }, () =>
      world.database.run(
        (client) => client.$queryRaw<{ is_visitor: boolean }[]>`
        select current_user = 'parley_visitor' as is_visitor`,
      ),
    ),
  );
  expect(users.flat().some(({ is_visitor }) => is_visitor)).toBe(false);
});
