/** One thing a customer may write, and what it says of them. `{a}` stands for the value, `{b}` for another one. */
export interface SupportSaying {
  readonly key: string;
  readonly says: readonly string[];
  /** How people ask for it later. */
  readonly asks: readonly string[];
  readonly values: readonly string[];
  readonly isSingle: boolean;
}

/** Synthetic, written for this project and under its licence: no real customer, no text of another collection. */
export const sayings: readonly SupportSaying[] = [
  {
    key: 'profile.name',
    isSingle: true,
    values: [
      'Marie Dupont',
      'Tomasz Nowak',
      'Ana Lucia Reyes',
      'Jonas Weber',
      'Priya Shah',
      'Olu Adeyemi',
      'Kaisa Virtanen',
    ],
    says: [
      'My name is {a}.',
      'Hello, this is {a} again.',
      'Please call me {a}, that is what everybody does.',
      "Hi, I'm {a}. I bought a kettle from you.",
    ],
    asks: ['What is my name?', 'Do you remember who I am, my name?'],
  },
  {
    key: 'profile.company',
    isSingle: true,
    values: [
      'Northwind Traders',
      'Halden Timber',
      'Bluefin Studio',
      'Kestrel & Sons',
      'Orbit Dental',
      'Pinewood Media',
    ],
    says: [
      'I work at {a}.',
      'I work for {a} and we order a lot of paper.',
      'My company is {a}.',
      'Just so you know, my employer is {a}.',
    ],
    asks: ['Which company do I work for?', 'Who is my employer?'],
  },
  {
    key: 'profile.city',
    isSingle: true,
    values: ['Lyon', 'Bergen', 'São Paulo', 'Den Haag', 'Porto', 'Graz', 'Newcastle upon Tyne', 'Kraków'],
    says: [
      'I live in {a}.',
      "I'm based in {a}, so please use the local depot.",
      'We moved to {a} last spring.',
      'I recently moved to {a}.',
    ],
    asks: ['Which city do I live in?', 'Where am I based?'],
  },
  {
    key: 'profile.role',
    isSingle: true,
    values: [
      'project manager',
      'accountant',
      'veterinary nurse',
      'school librarian',
      'freelance photographer',
      'software developer',
    ],
    says: ["I'm a {a}, not an expert in this.", 'I work as a {a}.', 'My job is {a}.'],
    asks: ['What is my job?', 'What do I work as?'],
  },
  {
    key: 'profile.language',
    isSingle: true,
    values: ['German', 'Spanish', 'Polish', 'Portuguese', 'Finnish'],
    says: ['Please reply in {a}.', 'I mostly speak {a}.', 'My native language is {a}.'],
    asks: ['Which language do I speak?'],
  },
  {
    key: 'environment.plan',
    isSingle: true,
    values: ['Pro', 'Basic', 'Team', 'Business', 'Starter'],
    says: [
      "I'm on the {a} plan.",
      'My plan is {a}.',
      'We have the {a} subscription at the moment.',
      'I upgraded to the {a} plan yesterday.',
      'I have now switched to the {a} tier.',
    ],
    asks: ['Which plan am I on?', 'What subscription do I have?'],
  },
  {
    key: 'environment.os',
    isSingle: true,
    values: ['Windows 11', 'Ubuntu 22.04', 'macOS Sonoma', 'Windows 10', 'Android 14'],
    says: ["I'm using {a}.", "I'm on {a} now.", 'My laptop runs {a}.', 'I switched to {a} at the weekend.'],
    asks: ['Which operating system do I use?', 'What OS am I on?'],
  },
  {
    key: 'environment.browser',
    isSingle: true,
    values: ['Firefox', 'Chrome', 'Safari', 'Edge', 'Vivaldi'],
    says: [
      'I use {a}.',
      'My browser is {a}.',
      "I'm using {a} for the shop.",
      'I changed to {a} because the page looked odd.',
    ],
    asks: ['Which browser do I use?'],
  },
  {
    key: 'environment.app version',
    isSingle: true,
    values: ['4.2.1', '3.9', '5.0.12', '4.7.0'],
    says: ['The app is version {a}.', "I'm running version {a}.", 'I updated to version {a} this morning.'],
    asks: ['Which app version do I have?'],
  },
  {
    key: 'preference.contact',
    isSingle: true,
    values: ['email', 'phone', 'WhatsApp', 'SMS', 'post'],
    says: ['Please contact me by {a}.', 'You can reach me via {a}.', 'I prefer {a}.', '{a} is best for me.'],
    asks: ['How do I want to be contacted?'],
  },
  {
    key: 'identifier.order',
    isSingle: false,
    values: ['ORD-48213', 'A-77120', '900417', 'WX-2048-77', 'ORD-50019'],
    says: [
      'My order number is {a}.',
      'It is about order {a}.',
      'Where is my order {a}?',
      'I am writing about order #{a}.',
    ],
    asks: ['What was my order number?'],
  },
  {
    key: 'identifier.invoice',
    isSingle: false,
    values: ['INV-30021', 'INV-99812', 'R-2025-118'],
    says: ['The invoice {a} shows the wrong amount.', 'My invoice number is {a}.', 'I paid invoice {a} twice.'],
    asks: ['Which invoice did I ask about?'],
  },
  {
    key: 'identifier.ticket',
    isSingle: false,
    values: ['TCK-90210', 'CS-55012', '7719034'],
    says: ['My ticket is {a}.', 'There is already a case {a} open.', 'See ticket number {a}.'],
    asks: ['What was my ticket number?'],
  },
  {
    key: 'identifier.error',
    isSingle: false,
    values: ['E1042', 'ERR-7001', '0x80070005'],
    says: ['It shows error {a}.', 'I get error code {a} when I print.', 'The display says error: {a}.'],
    asks: ['Which error code did I get?'],
  },
  {
    key: 'identifier.tracking',
    isSingle: false,
    values: ['1Z999AA10123456784', 'JD0146000034', 'RR123456785NO'],
    says: ['The tracking number is {a}.', 'My parcel {a} has not moved for days.', 'Tracking code: {a}'],
    asks: ['What is my tracking number?'],
  },
];

/** What says nothing that may be kept: supposed, asked, quoted, of others, or about nobody. */
export const distractors: readonly string[] = [
  'If I upgraded to the Team plan, what would it cost?',
  'Can I use Safari with your shop?',
  'My wife is on the Premium plan.',
  'My colleague works at Umbrella Foods.',
  'The guy before me wrote: "My name is Igor Petrov."',
  '> I live in Madrid.',
  'Does the Business plan include phone support?',
  'Thanks, that is all for today.',
  'How long does shipping take?',
  'Imagine I lived in Tokyo, would you deliver?',
  'Her order number is ORD-11111.',
  "I'm not happy with this.",
  'I might move to Oslo one day.',
  'I am thinking of switching to Linux.',
  'What colours does the lamp come in?',
  'Could you call me back?',
  'Somebody told me that your browser of choice is Opera.',
  'I will pay tomorrow.',
  "I'm sorry, I was angry.",
  'That is not what I asked.',
  "I'm here since this morning.",
  'They say order 12345 was a joke.',
  'This is ridiculous.',
  'I am on hold.',
  'Is there a plan for schools?',
  'My neighbour uses Chrome and it is fine.',
  '2026-03-01 10:00:01 ERROR order 55555 failed',
  'I want the blue one.',
  'I have a question about returns.',
  'I work a lot these days.',
];

/** Small talk and product talk that fills the sessions. */
export const fillers: readonly string[] = [
  'Do you have gift cards?',
  'The lamp looks nice in the catalogue.',
  'How do I clean the filter?',
  'Are you open on Sundays?',
  'Which batteries fit the remote?',
  'Is there a discount for schools?',
  'How heavy is the large table?',
  'The manual is hard to read.',
  'Do you deliver to islands?',
  'What is the return window?',
];

/** Never asked for, never said: nothing may be told as an answer. */
export const unanswerable: readonly string[] = [
  'What is the serial of my dishwasher?',
  'Which colour did I paint my fence?',
  'When is my membership card due?',
  'Who is my dentist?',
];

/** What must never reach the database. */
export const secrets: readonly string[] = [
  'My card is 4111 1111 1111 1111, exp 12/27.',
  'cvv 737',
  'My password is Tr0mbone-Sky9.',
  'IBAN DE89 3704 0044 0532 0130 00',
  'my api key: 9f8e7d6c5b4a3210ff',
  'your verification code is 482913',
];
/** The secret part of each. */
export const canaries: readonly string[] = ['4111', '737', 'Tr0mbone', '0532 0130', '9f8e7d6c5b4a3210', '482913'];
