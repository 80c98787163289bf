// The header fields that a FETCH returned, unfolded, by name in lower case.
import PostalMime from 'postal-mime';
import { MATCH_HEADERS, type MatchHeaders } from '../core/matching.ts';

/** What stands behind is not looked at: beyond twice as much the parser refuses a mail, and one mail must not end a poll. */
const MAX_HEADER_BYTES = 1024 * 1024;

/** Of a field that stands more than once the first counts: it is the one added last on the way. */
export async function parseHeaders(block: Uint8Array | undefined): Promise<MatchHeaders> {
  if (block === undefined) return {};
  const { headers } = await PostalMime.parse(block.subarray(0, MAX_HEADER_BYTES));
  const found: MatchHeaders = {};
  for (const name of MATCH_HEADERS) {
    const header = headers.find(({ key }) => key === name);
    if (header !== undefined) found[name] = header.value;
  }
  return found;
}
