const row = /^\s*\|(.*)\|\s*$/u;
const rule = /^\s*\|(?:\s*:?-{2,}:?\s*\|)+\s*$/u;

/**
 * A text with each row of its markdown tables said as a line of its own, the column names with it:
 * `Treatment: Filling, Price: £90`. A row alone would not tell what its numbers are.
 */
export const withTablesInWords = (text: string): string => {
  const lines = text.split('\n');
  const said: string[] = [];
  let names: readonly string[] = [];
  lines.forEach((line, at) => {
    const cells = cellsOf(line);
    if (cells === undefined) {
      names = [];
      said.push(line);
    } else if (rule.test(lines[at + 1] ?? '')) {
      names = cells;
    } else if (!rule.test(line)) {
      said.push('', sayRow(names, cells));
    }
  });
  return said.join('\n');
};

const cellsOf = (line: string): string[] | undefined =>
  row
    .exec(line)?.[1]
    ?.split('|')
    .map((cell) => cell.trim());

const sayRow = (names: readonly string[], cells: readonly string[]): string =>
  cells
    .map((cell, at) => {
      const name = names[at] ?? '';
      return cell === '' || name === '' ? cell : `${name}: ${cell}`;
    })
    .filter((cell) => cell !== '')
    .join(', ');
