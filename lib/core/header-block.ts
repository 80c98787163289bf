// The header fields of a mail that a server returned, unfolded, by name in lower case.
import PostalMime from 'postal-mime';
import { MATCH_HEADERS, type MatchHeaders } from './matching.ts';

/** What stands behind is not looked at: beyond twice as much the parser refuses a mail, and one mail must not end a poll. */
const MAX_HEADER_BYTES = 1024 * 1024;

export async function parseHeaders(block: Uint8Array | undefined): Promise<MatchHeaders> {
  return block === undefined ? {} : parseFields(block, MATCH_HEADERS);
}

/** Of a field that stands more than once the first counts: it is the one added last on the way. */
export async function parseFields<Name extends string>(
  block: Uint8Array,
  names: readonly Name[],
): Promise<Partial<Record<Name, string>>> {
  const { headers } = await PostalMime.parse(block.subarray(0, MAX_HEADER_BYTES));
  const found: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const header = headers.find(({ key }) => key === name);
    if (header !== undefined) found[name] = header.value;
  }
  return found;
}
