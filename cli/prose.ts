// Paragraphs as they stand in code, in lines that the terminal breaks where it needs to.

/** A line break becomes a space, an empty line stays. */
export function prose(text: string): string {
  return text.replace(/(?<!\n)\n(?!\n)/g, ' ');
}
