/** Rows of cells as lines, each column as wide as its widest cell. */
export const columns = (rows: readonly (readonly string[])[]): string => {
  const lines = rows.map((row) => row.map(printable));
  const widthOf = (column: number): number => Math.max(...lines.map((line) => (line[column] ?? '').length));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widthOf(column)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

// What others wrote must not move the cursor or colour the terminal.
const printable = (cell: string): string => cell.replaceAll(/\p{Cc}/gu, ' ');
