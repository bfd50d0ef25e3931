import { describe, expect, it } from 'vitest';
import { answerFrom } from './answer.ts';
import { chunkText } from './chunk-text.ts';
import { createIndex, type Index } from './index.ts';

const knowledgeOf = (...documents: readonly string[]): Index => {
  const index = createIndex();
  documents.forEach((text, at) =>
    chunkText(text).forEach((piece, place) =>
      index.add({ id: `${at.toString()}-${place.toString()}`, documentId: at.toString(), ...piece }),
    ),
  );
  return index;
};

const ask = (index: Index, question: string): string => {
  const answer = answerFrom(question, index.search(question, 10), index.vocabulary);
  return answer.answerable ? answer.sentences.map(({ text }) => text).join(' ') : "I don't know";
};

const bikeShop = knowledgeOf(
  `# Tandem Bikes

## Rental
A city bike costs €14 a day, a tandem €25 a day. Helmets and locks are free. Bring the bike back by 19:00.

## Repairs
Most repairs are ready within two working days. We fix punctures while you wait.

## Cancelling
Cancel up to 24 hours before the rental starts and you get everything back. After that we keep half of the price.`,
  `# Where we are
The shop stands at 12 Mill Lane, behind the station. We are open Tuesday to Sunday, 9:00 to 19:00.
Phone: +44 1632 960 111. Write to hello@tandem.example.`,
);

describe('answers from a small knowledge base', () => {
  it.each([
    ['how much is it to rent a tandem?', '€25'],
    ['What time do I have to bring back the bike?', '19:00'],
    ['Do I have to pay for a helmet?', 'free'],
    ['how fast can you repair my bike', 'two working days'],
    ['Can I cancel my booking and get my money back?', '24 hours'],
    ['when are you open?', 'Tuesday to Sunday'],
    ['What is your phone number?', '960 111'],
    ['where is the shop', 'Mill Lane'],
    ['I have a flat tyre, can you fix punctures?', 'while you wait'],
  ])('"%s" is answered with %s', (question, words) => {
    expect(ask(bikeShop, question)).toContain(words);
  });

  it.each([
    'what is the capital of France',
    'book me a flight',
    'tell me a joke',
    'who is the president',
    'how do I bake sourdough bread?',
    'what is 2+2',
    'Is the moon made of cheese?',
    'do you sell motorcycles',
    'what will the weather be like tomorrow',
  ])('"%s" is not answered', (question) => {
    expect(ask(bikeShop, question)).toBe("I don't know");
  });

  it('an empty knowledge base answers nothing', () => {
    expect(ask(createIndex(), 'when are you open?')).toBe("I don't know");
  });
});

it('what comes nearest is told beside a refusal, but is no answer', () => {
  const question = 'Can the tandem be delivered to my hotel in Paris on Sunday evening?';
  const refusal = answerFrom(question, bikeShop.search(question, 5), bikeShop.vocabulary);
  expect(refusal).toMatchObject({ answerable: false });
  expect(refusal).not.toHaveProperty('sentences');
  expect(!refusal.answerable && refusal.closest.map(({ text }) => text).join(' ')).toContain('tandem');
});

describe('the shape of an answer', () => {
  it('an FAQ entry whose question is asked in other words is given whole', () => {
    const index = knowledgeOf(
      'Q: Are pets allowed?\nA: Dogs may stay on the ground floor. Cats may not. Bring a blanket.\n\nQ: Is there Wi-Fi?\nA: Yes, in all rooms.',
    );
    expect(ask(index, 'is my dog allowed as a pet?')).toBe(
      'Dogs may stay on the ground floor. Cats may not. Bring a blanket.',
    );
  });

  it('a list stays with the line that introduces it', () => {
    const index = knowledgeOf('# Paying\nWe accept these cards:\n- Visa\n- Maestro\n\nCash is fine too.');
    expect(ask(index, 'which cards do you accept?')).toContain('Maestro');
  });

  it('a question that a document asks is not its answer', () => {
    const index = knowledgeOf('How long does the battery last? The battery lasts eleven hours.');
    expect(ask(index, 'how long does the battery last?')).toBe('The battery lasts eleven hours.');
  });

  it('the same sentence in two documents is said once', () => {
    const sentence = 'The battery of the Comet lamp lasts eleven hours.';
    const index = knowledgeOf(`${sentence} It is blue.`, `${sentence} It is sold in pairs.`);
    expect(ask(index, 'how long does the Comet battery last?').split('eleven')).toHaveLength(2);
  });

  it('each sentence names the chunk that says it', () => {
    const answer = answerFrom('when are you open?', bikeShop.search('when are you open?', 5), bikeShop.vocabulary);
    expect(answer.answerable && answer.sentences[0]?.chunk.title).toBe('Where we are');
  });

  it('markdown marks do not reach the reader', () => {
    const index = knowledgeOf('- The **Comet** lamp weighs `2 kg`, see [the sheet](https://lamp.example/sheet).');
    expect(ask(index, 'what does the comet lamp weigh?')).toBe(
      'The Comet lamp weighs 2 kg, see the sheet (https://lamp.example/sheet).',
    );
  });
});

it('German questions are answered from German documents, and refused beyond them', () => {
  const index = knowledgeOf('Der Versand nach Österreich dauert drei Werktage. Die Rücksendung ist kostenlos.');
  expect(ask(index, 'Wie lange dauert der Versand nach Österreich?')).toContain('drei Werktage');
  expect(ask(index, 'Was ist die Hauptstadt von Frankreich?')).toBe("I don't know");
});

it('a table answers with the row that is asked for, its columns named', () => {
  const index = knowledgeOf('# Fees\n\n| Treatment | Price |\n|---|---|\n| Filling | £90 |\n| Root canal | £320 |');
  expect(ask(index, 'How much is a root canal?')).toBe('Treatment: Root canal, Price: £320');
});

it('an errand is refused even when one of its words has another meaning here', () => {
  const index = knowledgeOf('# Booking a table\nYou can book a table online. Tables are kept for fifteen minutes.');
  expect(ask(index, 'book me a flight')).toBe("I don't know");
  expect(ask(index, 'Can I book a table?')).toContain('online');
});
