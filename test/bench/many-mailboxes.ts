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
const MOST_POLLS = 5;
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
  const { ms, peakBytes } = await readAll(world);
  for (const mailbox of mailboxes) await disconnect(world, mailbox);
  await storeProfile(world.aws, MAILBOX);
  return [
    { name: 'fifty mailboxes with new replies, peak memory', unit: 'MB', value: peakBytes / MB, limit: MEMORY_SIZE_MB },
    { name: 'fifty mailboxes with new replies', unit: 'ms', value: ms },
  ];
}

/**
 * One poll where the machine is quiet. On a busy one its time may be too short for all of it, and the next polls go on
 * (docs/decisions/0010): in the end each reply was routed once, and the last poll had no failure.
 */
async function readAll(world: World): Promise<{ ms: number; peakBytes: number }> {
  const poller = await world.start('PollRepliesFunction');
  const all = { polls: 0, ms: 0, peakBytes: 0, routed: 0, copied: 0, failures: [] };
  while (all.polls < MOST_POLLS && all.copied < MAILBOXES) {
    const { answer, ms, peakBytes } = (await poll(world, poller)).handled;
    const { routed, copied, failures } = Object(answer);
    Object.assign(all, { peakBytes, failures });
    all.polls += 1;
    all.ms += ms;
    all.routed += routed;
    all.copied += copied;
  }
  await poller.stop();
  if (all.routed !== MAILBOXES * (SMALL_REPLIES + 1) || all.copied !== MAILBOXES || all.failures.length > 0) {
    throw new Error(`not all was read: ${JSON.stringify(all)}`);
  }
  if (all.polls > 1) console.log(`fifty mailboxes took ${all.polls} polls`);
  return all;
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
