import { isElement, textOf, type HtmlElement, type HtmlNode } from './html-tree.ts';

// Not read at all: no words, words for machines, or words on buttons.
const silentTags = new Set(
  'head title script style noscript template svg math canvas iframe object embed video audio map select option datalist button input textarea progress meter link meta base'.split(
    ' ',
  ),
);
const furnitureTags = new Set(['nav', 'footer', 'aside', 'menu', 'dialog']);
const furnitureRoles = new Set(
  'navigation banner contentinfo search complementary dialog alertdialog menu menubar toolbar tablist'.split(' '),
);

const hidingStyle =
  /(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)|font-size\s*:\s*0(?:\.0+)?[a-z%]*\s*(?:;|!|$))/i;
const furnitureName =
  /(?:^|[\s_-])(?:cookies?|consent|gdpr|onetrust|cookiebot|cybot\w*|breadcrumbs?|skip-?(?:link|nav|to-content)|share-?(?:bar|buttons|links))(?:$|[\s_-])/i;
// A page about cookies may carry such a name on its main part: only short parts are banners.
const bannerCharsMax = 2000;

/** True for what a reader of the page does not read: hidden, or furniture around the content rather than content. */
export const isNoise = (element: HtmlElement): boolean =>
  silentTags.has(element.name) || isHidden(element) || isFurniture(element);

/** Hidden from people; text there is often meant for machines only. */
const isHidden = ({ attribs }: HtmlElement): boolean =>
  'hidden' in attribs ||
  attribs['aria-hidden'] === 'true' ||
  (attribs['style'] !== undefined && hidingStyle.test(attribs['style'].slice(0, 2000)));

const isFurniture = (element: HtmlElement): boolean => {
  const role = element.attribs['role']?.trim().toLowerCase() ?? '';
  if (furnitureTags.has(element.name) || furnitureRoles.has(role)) return true;
  if (element.name === 'header') return !holdsHeading(element);
  const names = `${element.attribs['class'] ?? ''} ${element.attribs['id'] ?? ''}`.slice(0, 1000);
  return furnitureName.test(names) && !contentTags.has(element.name) && isShort(element);
};

const contentTags = new Set(['html', 'body', 'main', 'article']);
const searchedNodesMax = 2000;

const holdsHeading = (element: HtmlElement): boolean =>
  descendants(element).some((node) => isElement(node) && /^h[1-2]$/.test(node.name));

const isShort = (element: HtmlElement): boolean => {
  const nodes = descendants(element);
  const chars = nodes.reduce((sum, node) => sum + (textOf(node)?.trim().length ?? 0), 0);
  return nodes.length < searchedNodesMax && chars <= bannerCharsMax;
};

/** The first nodes below an element, breadth first; bounded, so that asking at every level stays cheap. */
const descendants = (element: HtmlElement): readonly HtmlNode[] => {
  const found: HtmlNode[] = [...element.children.slice(0, searchedNodesMax)];
  for (let at = 0; at < found.length && found.length < searchedNodesMax; at += 1) {
    const node = found[at];
    if (node !== undefined && isElement(node)) found.push(...node.children.slice(0, searchedNodesMax));
  }
  return found;
};
