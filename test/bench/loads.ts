// Loading: what a fresh process takes until its handler can be called, against the library that it cannot do without.
import { type Measure, median, ratio } from './measure.ts';
import { inRounds, type Rounds } from './rounds.ts';
import type { Runner } from './runner.ts';
import type { World } from './world.ts';

/** In each turn, because a load is short. */
const LOADS = 3;

export async function measureLoads(world: World, rounds: Rounds): Promise<readonly Measure[]> {
  const send: number[] = [];
  const nodemailer: number[] = [];
  const poll: number[] = [];
  const imapflow: number[] = [];
  const turn = async () => {
    for (let load = 0; load < LOADS; load += 1) {
      send.push(await loadOnce(world.start('SendMailFunction')));
      nodemailer.push(await loadOnce(world.startRival('bare-nodemailer')));
      poll.push(await loadOnce(world.start('PollRepliesFunction')));
      imapflow.push(await loadOnce(world.startRival('bare-imapflow')));
    }
  };
  return inRounds(rounds, turn, () => [
    { name: 'cold import of send-mail', unit: 'ms', value: median(send) },
    { name: 'cold import of bare nodemailer', unit: 'ms', value: median(nodemailer) },
    { name: 'cold import of send-mail ÷ bare nodemailer', unit: '×', value: ratio(send, nodemailer), limit: 1.6 },
    { name: 'cold import of poll-replies', unit: 'ms', value: median(poll) },
    { name: 'cold import of bare imapflow', unit: 'ms', value: median(imapflow) },
    { name: 'cold import of poll-replies ÷ bare imapflow', unit: '×', value: ratio(poll, imapflow), limit: 1.3 },
  ]);
}

async function loadOnce(started: Promise<Runner>): Promise<number> {
  const runner = await started;
  const importMs = await runner.load();
  await runner.stop();
  return importMs;
}
