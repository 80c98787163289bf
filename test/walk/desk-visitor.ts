// A newcomer at the desk, without a browser: looks into an inbox, and answers as the customer.
import type { MailSummary } from '../../local/desk/desk-state.ts';
import { listen } from '../local/desk/event-stream.ts';

const PATIENCE_MS = 60_000;

export async function awaitMail(desk: string, customer: string, subject: string): Promise<MailSummary> {
  const events = await listen(desk, PATIENCE_MS);
  const find = ({ customers }: Awaited<ReturnType<typeof events.next>>) =>
    customers
      .find(({ address }) => address === customer)
      ?.mails.find((mail) => mail.subject === subject && !mail.isOwn);
  try {
    const state = await events.next((each) => find(each) !== undefined);
    const mail = find(state);
    if (mail === undefined) throw new Error(`the mail "${subject}" is gone`);
    return mail;
  } finally {
    events.close();
  }
}

/** Answers, and has the mailbox polled, as the page says. */
export async function answerAs(desk: string, customer: string, mail: string, text: string): Promise<void> {
  await press(desk, 'answer', { customer, mail, text });
  const said = await press(desk, 'poll', {});
  if (!said.includes('1 routed')) throw new Error(`the answer was not routed: ${said}`);
}

async function press(desk: string, action: string, input: object): Promise<string> {
  const answer = await fetch(`${desk}/actions/${action}`, {
    method: 'POST',
    headers: { origin: desk },
    body: JSON.stringify(input),
  });
  const said = await answer.text();
  if (!answer.ok) throw new Error(`the desk refused ${action}: ${said}`);
  return said;
}
