// Loading: what a fresh process takes until its handler can be called, against the library that it cannot do without.
import { type Measure, median } from './measure.ts';
import type { Runner } from './runner.ts';
import type { World } from './world.ts';

export async function measureLoads(world: World, runs: number): Promise<Measure[]> {
  const ours = { send: () => world.start('SendMailFunction'), poll: () => world.start('PollRepliesFunction') };
  const bare = {
    nodemailer: () => world.startRival('bare-nodemailer'),
    imapflow: () => world.startRival('bare-imapflow'),
  };
  const [send, nodemailer] = await measurePair(runs, ours.send, bare.nodemailer);
  const [poll, imapflow] = await measurePair(runs, ours.poll, bare.imapflow);
  return [
    { name: 'cold import of send-mail', unit: 'ms', value: send },
    { name: 'cold import of bare nodemailer', unit: 'ms', value: nodemailer },
    { name: 'cold import of send-mail ÷ bare nodemailer', unit: '×', value: send / nodemailer, limit: 1.6 },
    { name: 'cold import of poll-replies', unit: 'ms', value: poll },
    { name: 'cold import of bare imapflow', unit: 'ms', value: imapflow },
    { name: 'cold import of poll-replies ÷ bare imapflow', unit: '×', value: poll / imapflow, limit: 1.3 },
  ];
}

/** In turns, so that whatever else the machine does meets both. */
async function measurePair(
  runs: number,
  one: () => Promise<Runner>,
  other: () => Promise<Runner>,
): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run += 1) {
    times[0].push(await loadOnce(one));
    times[1].push(await loadOnce(other));
  }
  return [median(times[0]), median(times[1])];
}

async function loadOnce(start: () => Promise<Runner>): Promise<number> {
  const runner = await start();
  const importMs = await runner.load();
  await runner.stop();
  return importMs;
}
