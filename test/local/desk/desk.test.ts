// The desk as its page and others on this machine meet it: what it tells, what it does, and whom it refuses.
import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Desk, openDesk } from '../../../local/desk/desk.ts';
import type { DeskState } from '../../../local/desk/desk-state.ts';
import { SUPPORT } from '../../../local/mailroom.ts';
import { ADA, GRACE, startTestStack, storeMalformedProfile, type TestStack, until } from '../../functions/stack.ts';
import { listen } from './event-stream.ts';

describe('the desk', () => {
  let stack: TestStack;
  let desk: Desk;

  beforeAll(async () => {
    stack = await startTestStack({ google: { opensAccounts: true } });
    desk = await openDesk(stack.aws, stack.google);
    await stack.invoke('RefreshTokensFunction', {});
    await stack.invoke('PollRepliesFunction', {});
  });

  beforeEach(() => stack.google.faults.clear());

  afterAll(async () => {
    await desk?.close();
    await stack?.stop();
  });

  const act = async (name: string, input: object) => {
    const headers = { origin: desk.url };
    const answer = await fetch(`${desk.url}/actions/${name}`, { method: 'POST', body: JSON.stringify(input), headers });
    return { status: answer.status, text: await answer.text() };
  };
  const send = (more: object = {}) =>
    act('send', { mailbox: 'support', to: ADA, subject: 'Hi', text: 'Hi', by: 'invocation', ...more });
  const state = async (): Promise<DeskState> => {
    const events = await listen(desk.url);
    try {
      return await events.next(() => true);
    } finally {
      events.close();
    }
  };
  const stateOf = async (subject: string) => (await state()).messages.find((message) => message.subject === subject);

  it('tells every state of a message, though the table keeps the last one only', async () => {
    const events = await listen(desk.url);
    expect(await send({ subject: 'Storied', context: '{"order": 1}' })).toEqual({
      status: 200,
      text: expect.stringMatching(/^Outcome: sent, 250 /),
    });
    const told = await events.next(({ messages }) => messages[0]?.story.at(-1)?.state === 'sent');
    events.close();
    expect(told.messages[0]).toMatchObject({ mailbox: 'support', recipients: [ADA], context: '{"order":1}' });
    expect(told.messages[0]?.story.map((step) => step.state)).toEqual(['claimed', 'transmitting', 'sent']);
    const inbox = told.customers.find(({ address }) => address === ADA);
    expect(inbox?.mails[0]).toMatchObject({ subject: 'Storied', correspondent: 'Shop support', isOwn: false });
  });

  it('cuts the connection after DATA once, and shows how the message is settled', async () => {
    await act('trouble', { address: SUPPORT.address, trouble: 'cut-after-data', isOn: true });
    expect((await state()).mailboxes[0]?.troubles).toEqual(['cut-after-data']);
    expect((await send({ subject: 'Cut' })).text).toBe('Outcome: unknown.');
    expect((await state()).mailboxes[0]?.troubles).toEqual([]);
    expect((await act('poll', {})).text).toMatch(/1 settled/);
    const { story } = (await stateOf('Cut')) ?? {};
    expect(story?.at(-1)).toMatchObject({ state: 'sent', settledBy: 'own-copy' });
  });

  it.each([
    ['throttled', 'MAILBOX_THROTTLED'],
    ['at-its-limit', 'QUOTA_EXCEEDED'],
  ] as const)('lets Gmail refuse a mailbox that is %s, until it is ended', async (trouble, code) => {
    await act('trouble', { address: SUPPORT.address, trouble, isOn: true });
    expect((await send()).text).toBe(`Outcome: held, ${code}.`);
    expect((await state()).mailboxes[0]?.hold).toMatchObject({ code });
    await act('trouble', { address: SUPPORT.address, trouble, isOn: false });
    await stack.passTime();
    expect((await send()).text).toMatch(/^Outcome: sent/);
    expect((await state()).mailboxes[0]).not.toHaveProperty('hold');
  });

  it('shows what lay on a queue after its consumer took it', async () => {
    await send({ subject: 'Answer me' });
    const { id } = (await state()).customers.find(({ address }) => address === ADA)?.mails[0] ?? { id: '' };
    expect((await act('answer', { customer: ADA, mail: id, text: 'I do' })).text).toMatch(/^Answered: 250/);
    await act('poll', {});
    const replies = async () => (await state()).queues.find(({ name }) => name === 'replies')?.messages[0];
    expect(await replies()).toMatchObject({ status: 'waiting', body: { kind: 'reply', text: 'I do' } });
    expect(await stack.receive('RepliesUrl')).toHaveLength(1);
    expect(await replies()).toMatchObject({ status: 'taken', body: { kind: 'reply', text: 'I do' } });
  });

  it('sends through the outbox, and opens an inbox for a stranger who was written to', async () => {
    expect((await send({ to: 'bob@new.example', subject: 'Queued', by: 'outbox' })).text).toBe('It is on the outbox.');
    const story = await until('the mail', async () => {
      const sent = await stateOf('Queued');
      return sent?.story.at(-1)?.state === 'sent' && sent;
    });
    expect(story.recipients).toEqual(['bob@new.example']);
    const { customers } = await state();
    expect(customers.map(({ address }) => address)).toEqual([ADA, GRACE, 'bob@new.example']);
  });

  it.each([
    ['send', { mailbox: 'support', to: '', subject: '', text: '', by: 'invocation' }, 'to: must not be empty'],
    [
      'send',
      { mailbox: 'support', to: ADA, subject: '', text: '', by: 'invocation', context: '{' },
      'context: must be JSON',
    ],
    ['send', { mailbox: 'support', to: 'ada', subject: 'Hi', text: 'Hi', by: 'invocation' }, 'to'],
    ['answer', { customer: ADA, mail: '1', text: 'Hi' }, 'not there any more'],
    ['write', { customer: ADA, to: 'nobody@shop.example', subject: 'Hi', text: 'Hi' }, '550-5.1.1'],
    ['trouble', { address: SUPPORT.address, trouble: 'flood', isOn: true }, 'trouble'],
  ])('says what is wrong with what %s is given', async (name, input, why) => {
    expect(await act(name, input)).toEqual({ status: 422, text: expect.stringContaining(why) });
  });

  it('tells a person in words what went wrong, whatever it was', async () => {
    const headers = { origin: desk.url };
    for (const [path, body] of [
      ['/actions/poll', '{'],
      ['/actions/poll', ' '.repeat(2 * 1024 * 1024)],
      ['/mails/%zz/1', undefined],
    ] as const) {
      const method = body === undefined ? 'GET' : 'POST';
      const answer = await fetch(`${desk.url}${path}`, { method, headers, ...(body !== undefined && { body }) });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([500, 'text/plain; charset=utf-8']);
      expect(await answer.text()).toMatch(/^The desk could not do it: /);
    }
  });

  it('shows the other mailboxes where one is malformed', async () => {
    await storeMalformedProfile(stack, 'odd');
    const { mailboxes, malformed } = await state();
    expect([mailboxes.map(({ id }) => id), malformed.map(({ id }) => id)]).toEqual([['support'], ['odd']]);
  });

  it('answers nobody but its own page', async () => {
    const ask = (headers: Record<string, string>, method = 'GET', path = '/') =>
      new Promise<number>((resolve, reject) => {
        const asked = request(`${desk.url}${path}`, { method, headers }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        asked.on('error', reject).end(method === 'POST' ? '{}' : undefined);
      });
    const { host } = new URL(desk.url);
    expect(await ask({ host })).toBe(200);
    // A name that somebody points at 127.0.0.1.
    expect(await ask({ host: 'rebound.example' })).toBe(403);
    expect(await ask({ host, origin: 'http://elsewhere.example' }, 'POST', '/actions/poll')).toBe(403);
    expect(await ask({ host }, 'POST', '/actions/poll')).toBe(403);
    expect(await ask({ host, origin: desk.url }, 'POST', '/actions/release')).toBe(200);
    expect(await ask({ host, origin: desk.url }, 'POST', '/actions/constructor')).toBe(404);
    expect(await ask({ host }, 'GET', '/mails/nobody@customer.example/1')).toBe(404);
  });
});
