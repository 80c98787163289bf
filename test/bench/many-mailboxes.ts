// Fifty mailboxes side by side, each with new replies, one of them large: the memory of the process that reads them.
import { connectMailbox, type MailboxToConnect, storeProfile } from '../../local/connect.ts';
import { reply } from './large-replies.ts';
import { MB, type Measure } from './measure.ts';
import { disconnect, poll } from './polls.ts';
import { request } from './sends.ts';
import { MAILBOX, type World } from './world.ts';

const MAILBOXES = 50;
const SMALL_REPLIES = 10;
const SENDERS = 5;
/** Lambda ends a process that takes more than its memory size (infra/mail-function.ts). */
const MEMORY_SIZE_MB = 512;

export async function measureManyMailboxes(world: World): Promise<Measure[]> {
  await disconnect(world, MAILBOX);
  const mailboxes = Array.from({ length: MAILBOXES }, (_, index) => ({
    id: `many-${index}`,
    address: `many-${index}@shop.example`,
  }));
  for (const mailbox of mailboxes) {
    world.google.addAccount({ address: mailbox.address });
    await connectMailbox(world.google, world.aws, mailbox);
  }
  for (const name of ['RefreshTokensFunction', 'PollRepliesFunction']) {
    const runner = await world.start(name);
    await runner.invoke({});
    await runner.stop();
  }
  await Promise.all(Array.from({ length: SENDERS }, (_, first) => deliverTo(world, mailboxes, first)));
  const poller = await world.start('PollRepliesFunction');
  const { handled } = await poll(world, poller);
  await poller.stop();
  for (const mailbox of mailboxes) await disconnect(world, mailbox);
  await storeProfile(world.aws, MAILBOX);
  const { routed, copied, failures } = Object(handled.answer);
  if (routed !== MAILBOXES * (SMALL_REPLIES + 1) || copied !== MAILBOXES || failures.length > 0) {
    throw new Error(`not all was read: ${JSON.stringify(handled.answer ?? handled.failure)}`);
  }
  return [
    {
      name: 'fifty mailboxes with new replies, peak memory',
      unit: 'MB',
      value: handled.peakBytes / MB,
      limit: MEMORY_SIZE_MB,
    },
    { name: 'fifty mailboxes with new replies', unit: 'ms', value: handled.ms },
  ];
}

/** To every so many-th mailbox: a mail from it, and the answers. */
async function deliverTo(world: World, mailboxes: readonly MailboxToConnect[], first: number): Promise<void> {
  const sender = await world.start('SendMailFunction');
  for (let at = first; at < mailboxes.length; at += SENDERS) {
    const { id = '', address = '' } = mailboxes[at] ?? {};
    const { answer } = await sender.invoke(request({ mailbox: id }));
    const question = Object(answer).messageId;
    const account = world.google.account(address);
    for (let count = 0; count < SMALL_REPLIES; count += 1) account.deliver(reply(address, question, 20_000));
    account.deliver(reply(address, question, 3 * MB));
  }
  await sender.stop();
}
