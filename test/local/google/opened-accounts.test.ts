// For people to play with: whoever mail comes for has an inbox. Nobody knows who else has an address in that domain.
import { expect, it } from 'vitest';
import { cara, shop, useGoogle } from './google-fixture.ts';
import { submit } from './submit.ts';

const google = useGoogle({ opensAccounts: true });

it('opens an inbox for an address of another domain, and for its neighbour too', async () => {
  for (const to of ['bob@new.example', 'Eve@New.example']) {
    await submit(google(), shop, [to], `From: ${shop}\r\nTo: ${to}\r\nSubject: Hi\r\n\r\nHi\r\n`);
  }
  expect(
    google()
      .accounts()
      .map(({ address }) => address),
  ).toEqual([shop, cara, 'bob@new.example', 'eve@new.example']);
  expect(google().account('eve@new.example').messages('INBOX')).toHaveLength(1);
  expect(google().remote).toEqual([]);
});
