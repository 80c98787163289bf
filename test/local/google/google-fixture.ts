// One local Gmail for a test file, with two people in it. Each test expects the servers to have met no fault of their
// own: a session that dies of a bug answers politely, and would pass otherwise.
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type GoogleOptions, type LocalGoogle, startGoogle } from '../../../local/google/google.ts';

export const shop = 'support@shop.example';
export const cara = 'cara@home.example';

export function useGoogle(options: GoogleOptions = {}): () => LocalGoogle {
  let google: LocalGoogle | undefined;
  const running = () => {
    if (!google) throw new Error('The local Gmail is not up yet');
    return google;
  };
  beforeAll(async () => {
    google = await startGoogle(options);
    google.addAccount({ address: shop, aliases: ['hello@shop.example'] });
    google.addAccount({ address: cara });
  });
  afterEach(() => {
    running().faults.clear();
    expect(running().problems).toEqual([]);
  });
  afterAll(() => running().stop());
  return running;
}
