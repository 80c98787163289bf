// The live check itself is checked on the local Gmail, where every grant is made by the same consent.
import { authorise } from '../../local/google/authorise.ts';
import { startGoogle } from '../../local/google/google.ts';
import { stackParameters } from '../../local/mailroom.ts';
import { startLiveWorld } from './live-world.ts';
import { describeLive } from './suite.ts';

const MAILBOX = 'team@live.example';
const CUSTOMER = 'somebody@else.example';

describeLive('the local Gmail', async () => {
  const google = await startGoogle();
  const { endpoints, client } = google;
  const grantOf = async (address: string) => {
    google.addAccount({ address });
    const scopes = ['https://mail.google.com/', 'openid', 'email'];
    return { address, ...client, ...(await authorise({ oauth: endpoints.oauth, ...client, address, scopes })) };
  };
  const live = { mailbox: await grantOf(MAILBOX), customer: await grantOf(CUSTOMER) };
  const world = await startLiveWorld(live, {
    parameters: stackParameters(endpoints, 'implicit'),
    ca: endpoints.ca,
    smtps: endpoints.smtps,
    tokenUrl: `${endpoints.oauth}/token`,
    pollEveryMs: 100,
  });
  return {
    ...world,
    async stop() {
      await world.stop();
      await google.stop();
    },
  };
});
