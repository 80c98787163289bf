// TXT records, of the name servers that this machine uses or of one that was named.
import { Resolver } from 'node:dns/promises';
import * as v from 'valibot';
import { Problem } from '../problem.ts';
import type { AskTexts } from './spf.ts';

/** Twice this long, and once more for the second try. */
const TIMEOUT_MS = 1_500;

/** @param server HOST:PORT, the host as an address  @throws Problem USAGE */
export function createAskTexts(server: string | undefined): AskTexts {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 2 });
  if (server !== undefined) useServer(resolver, server);
  return async (name) => {
    try {
      const records = await resolver.resolveTxt(name);
      return { kind: 'found', records: records.map((pieces) => pieces.join('')) };
    } catch (error) {
      const code = codeOf(error);
      return code === 'ENOTFOUND' || code === 'ENODATA' ? { kind: 'none' } : { kind: 'failed', code };
    }
  };
}

function useServer(resolver: Resolver, server: string): void {
  try {
    resolver.setServers([server]);
  } catch (error) {
    const what = `--dns-server ${server} is no address of a DNS server`;
    throw new Problem('USAGE', what, 'give an IP address, with a port where it is not 53: 9.9.9.9', { cause: error });
  }
}

const DnsErrorSchema = v.object({ code: v.string() });

function codeOf(error: unknown): string {
  const parsed = v.safeParse(DnsErrorSchema, error);
  if (parsed.success) return parsed.output.code;
  throw error;
}
