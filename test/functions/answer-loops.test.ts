// Two programs that answer each other: ours gives three answers in an hour, and the next event says why there are no more.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeAnswer } from '../../lib/client/answer.ts';
import { parseReply, type ReplyEvent } from '../../lib/client/mailroom.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, mailsWith, startTestStack, type TestStack } from './stack.ts';

describe('two programs that answer each other', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack();
    await stack.invoke('PollRepliesFunction', {});
  });

  afterAll(async () => {
    await stack?.stop();
  });

  /** As a consumer with an automatic answer for every reply. */
  const ours = async (event: ReplyEvent) =>
    stack.send(composeAnswer(event, { text: 'Ticket received.', automatic: true }));

  it.each([
    [
      'that names all mails before',
      (mail: string) => `References: ${field(mail, 'References')} ${field(mail, 'Message-ID')}`,
    ],
    ['that names only the last mail', (mail: string) => `In-Reply-To: ${field(mail, 'Message-ID')}`],
    [
      'that numbers its mails: each a Gmail thread',
      (mail: string) => `In-Reply-To: ${field(mail, 'Message-ID')}`,
      (round: number) => ` [ticket ${round}]`,
    ],
  ])('one %s', async (name, naming, numbered = () => '') => {
    const key = `question ${name}`;
    await stack.send({ idempotencyKey: key, subject: name, text: `<${name}>` });
    let [last = ''] = mailsWith(stack, ADA, `<${name}>`);
    const ends: unknown[] = [];
    const stopped: unknown[] = [];
    for (let round = 0; round < 6; round += 1) {
      stack.google.account(SUPPORT.address).deliver(robot(`${name}${numbered(round)}`, round, naming(last)));
      await stack.invoke('PollRepliesFunction', {});
      const [event] = (await stack.receive('RepliesUrl', 0)).map(parseReply);
      if (event === undefined) throw new Error('no event');
      stopped.push(event.automaticAnswers?.reason);
      const { outcome } = await ours(event);
      ends.push(outcome?.kind);
      const answers = mailsWith(stack, ADA, 'Ticket received.').filter((mail) => mail.includes(`Subject: Re: ${name}`));
      last = answers.at(-1) ?? last;
      expect(field(last, 'Auto-Submitted')).toBe('auto-replied');
      expect(answers.length).toBe(Math.min(round + 1, 3));
    }
    expect(ends).toEqual(['sent', 'sent', 'sent', 'suppressed', 'suppressed', 'suppressed']);
    const why = expect.stringContaining('3 automatic answers');
    expect(stopped).toEqual([undefined, undefined, undefined, why, why, why]);
  });

  it('leave another thread of the same mailbox alone, and what a person answers', async () => {
    await stack.send({ idempotencyKey: 'other', subject: 'other', text: '<other>' });
    const [mail = ''] = mailsWith(stack, ADA, '<other>');
    stack.google.account(SUPPORT.address).deliver(robot('other', 0, `In-Reply-To: ${field(mail, 'Message-ID')}`));
    await stack.invoke('PollRepliesFunction', {});
    const [event] = (await stack.receive('RepliesUrl', 0)).map(parseReply);
    if (event === undefined) throw new Error('no event');
    expect((await ours(event)).outcome?.kind).toBe('sent');
    const byPerson = composeAnswer(event, { text: 'Hello.', idempotencyKey: 'by person' });
    expect((await stack.send(byPerson)).outcome?.kind).toBe('sent');
  });
});

function field(mail: string, name: string): string {
  const unfolded = mail.replaceAll(/\r\n[ \t]+/g, ' ');
  return new RegExp(`^${name}: (.*)$`, 'im').exec(unfolded)?.[1]?.trim() ?? '';
}

/** A responder that does not say that it is one. */
function robot(subject: string, round: number, naming: string): string {
  const headers = [
    `From: ${ADA}`,
    `To: ${SUPPORT.address}`,
    `Subject: Re: ${subject}`,
    `Message-ID: <robot-${subject.replaceAll(/[^a-z]+/g, '-')}-${round}@customer.example>`,
    naming,
  ];
  return `${headers.join('\r\n')}\r\n\r\nWe have received your mail (${round}).\r\n`;
}
