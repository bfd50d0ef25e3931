import { describe, expect, test } from 'vitest';
import { languageOf } from './language-of.ts';

describe('the language of a document', () => {
  test.each([
    ['en', '# Returns\n\nYou may return a lamp within thirty days for a full refund.'],
    ['de', '# Lieferung\n\nDie Lieferung dauert zwei Tage. Wir versenden an jedem Werktag.'],
    ['fr', 'La livraison prend deux jours. Vous pouvez retourner une lampe sous trente jours.'],
    ['es', 'El envío tarda dos días laborables y se puede devolver en treinta días.'],
    ['ru', 'Доставка занимает два рабочих дня, а возврат возможен в течение месяца.'],
    ['ja', '配送には二日かかります。返品は三十日以内に受け付けています。'],
    ['ar', 'يستغرق التوصيل يومين ويمكنك إرجاع المنتج خلال ثلاثين يومًا.'],
  ])('is told: %s', (code, text) => expect(languageOf(text)).toBe(code));

  test.each(['', '12345 67 890', 'id,name\n1,A\n2,B', 'ABX-1', '<!-- page 1 -->'])('is not guessed for %j', (text) =>
    expect(languageOf(text)).toBeNull(),
  );
});
