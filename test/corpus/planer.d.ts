declare module 'planer' {
  /** What is not quoted in a text; one of its patterns may take long, so it is asked about mail of this corpus only. */
  export function extractFrom(body: string, contentType: 'text/plain'): string;
}
