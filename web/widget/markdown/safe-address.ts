/** The address when it may be followed from an answer (`https:` or `mailto:`), else undefined. */
export const safeAddress = (address: string): string | undefined => {
  try {
    const url = new URL(address);
    return url.protocol === 'https:' || url.protocol === 'mailto:' ? url.href : undefined;
  } catch {
    return undefined; // relative or broken: it would mean something else on each page
  }
};
