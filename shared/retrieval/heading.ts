const asks = /[?？؟]\s*$|^(?:how|what|when|where|who|which|why|can|do|does|is|are|may|should|will)\b/iu;

/** The innermost heading of a path such as `Help > Returns > How long do I have?`. */
export const innermostHeading = (title: string): string => title.split(' > ').at(-1) ?? '';

/** True when the innermost heading is a question, as that of an FAQ entry is. */
export const isAsking = (title: string): boolean => asks.test(innermostHeading(title));
