import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { decodeText } from './decode-text.ts';

const german = 'Für Rückgaben gelten dreißig Tage. Größere Möbel holen wir natürlich bei Ihnen zu Hause ab.';
const french = 'Le café à côté de la gare est fermé à Noël. Les élèves préfèrent déjeuner là-bas après la leçon.';
const polish = 'Zażółć gęślą jaźń. Zwrot towaru jest możliwy w ciągu trzydziestu dni, także przez pocztę.';
const russian = 'Вернуть товар можно в течение тридцати дней. Доставка по городу бесплатная, в область — платная.';
const greek = 'Οι επιστροφές γίνονται δεκτές μέσα σε τριάντα ημέρες. Η αποστολή είναι δωρεάν για όλη την Ελλάδα.';
const turkish =
  'İade süresi otuz gündür. Kargo ücretsizdir ve siparişiniz aynı gün içinde gönderilir, değişim kolaydır.';
const hebrew = 'ניתן להחזיר מוצרים בתוך שלושים יום. המשלוח חינם לכל הארץ והשירות זמין בכל ימות השבוע.';
const arabic = 'يمكن إرجاع المنتجات خلال ثلاثين يوما. الشحن مجاني داخل المدينة وخدمة العملاء متاحة كل يوم.';
const japanese = '商品は三十日以内に返品できます。送料は無料で、注文は当日中に発送されます。お問い合わせください。';
const chinese = '商品可以在三十天内退货。运费由我们承担，订单当天发货。如有问题请联系客户服务。';
const korean = '상품은 삼십 일 이내에 반품할 수 있습니다. 배송은 무료이며 주문은 당일에 발송됩니다.';
const thai = 'คืนสินค้าได้ภายในสามสิบวัน จัดส่งฟรีทั่วประเทศ และมีบริการลูกค้าทุกวัน';

describe('text of which nobody says how it is encoded', () => {
  test.each([
    ['windows-1252', german],
    ['macintosh', german],
    ['cp850', german],
    ['windows-1252', french],
    ['macintosh', french],
    ['windows-1250', polish],
    ['iso-8859-2', polish],
    ['cp852', polish],
    ['windows-1251', russian],
    ['koi8-r', russian.replace('—', '-')],
    ['cp866', russian.replace('—', '-')],
    ['maccyrillic', russian],
    ['windows-1253', greek],
    ['windows-1254', turkish],
    ['windows-1255', hebrew],
    ['windows-1256', arabic],
    ['shift_jis', japanese],
    ['euc-jp', japanese],
    ['gb18030', chinese],
    ['euc-kr', korean],
    ['cp874', thai],
    ['utf-16le', french],
    ['utf-32be', french],
  ])('in %s is read', async (encoding, text) => {
    expect((await decodeText(iconv.encode(text, encoding))).text).toBe(text);
  });

  test.each(['Café', 'The café is open.', 'Straße', 'naïve', '“Grüße” € 5 Ÿ', 'Preis: 5 €', '© 2020 Acme', '1½ cups'])(
    'and is short is what is usual: %s',
    async (text) => {
      expect(await decodeText(iconv.encode(text, 'windows-1252'))).toEqual({ text, encoding: 'windows-1252' });
    },
  );

  test('of the ISO-2022 family is read, although it is ASCII to the eye', async () => {
    const bytes = Buffer.from('\x1b$)C\nHi \x0e>H3g\x0f!\n', 'latin1');
    expect(await decodeText(bytes)).toEqual({ text: '\nHi 안녕!\n', encoding: 'iso-2022-kr' });
    expect((await decodeText(Buffer.from('\x1b$B$3$s\x1b(B', 'latin1'))).text).toBe('こん');
  });

  test('Romanian is written with the comma that its old encodings did not have', async () => {
    const cedilla = 'Produsele pot fi returnate în treizeci de zile. Plăţile şi livrările sunt gratuite în toată ţara.';
    const { text } = await decodeText(iconv.encode(cedilla, 'windows-1250'));
    expect(text).toBe(cedilla.replaceAll('ş', 'ș').replaceAll('ţ', 'ț'));
  });
});

test('UTF-8 with a byte gone bad loses that byte and nothing else', async () => {
  const bytes = Buffer.concat([Buffer.from(russian), Buffer.from([0xd0]), Buffer.from(' Конец.')]);
  expect(await decodeText(bytes)).toEqual({ text: `${russian}\uFFFD Конец.`, encoding: 'utf-8' });
});

test('what the sender declares counts when the bytes are so', async () => {
  const bytes = Buffer.from('\xe4\xee\xec', 'latin1');
  expect(await decodeText(bytes, 'windows-1251')).toEqual({ text: 'дом', encoding: 'windows-1251' });
  expect((await decodeText(Buffer.from('дом'), 'windows-1251')).text).toBe('дом');
  expect((await decodeText(Buffer.from('gr\xfcn', 'latin1'), 'no-such-charset')).text).toBe('grün');
});
