import { describe, it } from 'vitest';
import { whyNot } from './debian-servers.ts';
import { startDebianWorld, startGmailWorld } from './mail-world.ts';
import { runSuite } from './suite.ts';

runSuite('the local Gmail', startGmailWorld);

const reason = whyNot();
if (reason === undefined) runSuite('Dovecot and Postfix', startDebianWorld);
else {
  console.log(`Dovecot and Postfix: skipped: ${reason}`);
  describe('Dovecot and Postfix', () => {
    it.skip(`skipped: ${reason}`, () => undefined);
  });
}
