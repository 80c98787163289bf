// `MAILROOM_LIVE=grants.json npm run test:live`: against Gmail itself, with two accounts of yours (docs/development.md).
import { describe } from 'vitest';
import { GMAIL, readLive, startLiveWorld } from './live-world.ts';
import { describeLive } from './suite.ts';

const file = process.env.MAILROOM_LIVE;
if (file === undefined) {
  console.warn('skipped: MAILROOM_LIVE names no file with the grants of two Gmail accounts (docs/development.md)');
  describe.skip('Mailroom on Gmail');
} else {
  describeLive('Gmail', async () => startLiveWorld(await readLive(file), GMAIL));
}
