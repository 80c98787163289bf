// Events of the outbox: ten messages of one mailbox over its three connections, against one message.
import { randomUUID } from 'node:crypto';
import type { Handled } from './driver.ts';
import { type Measure, median, ratio } from './measure.ts';
import { inRounds, type Rounds } from './rounds.ts';
import { request } from './sends.ts';
import { MAILBOX, type World } from './world.ts';

export async function measureBatches(world: World, rounds: Rounds): Promise<readonly Measure[]> {
  const runner = await world.start('DrainOutboxFunction');
  const drain = (size: number) =>
    runner.invoke({ Records: Array.from({ length: size }, () => outboxRecord(request())) });
  await drain(1);
  const one: Handled[] = [];
  const ten: Handled[] = [];
  const turn = async () => {
    one.push(await drain(1));
    ten.push(await drain(10));
  };
  const ms = (handled: readonly Handled[]): readonly number[] => handled.map(({ ms }) => ms);
  const measures = await inRounds(rounds, turn, () => [
    { name: 'event of ten ÷ event of one', unit: '×', value: ratio(ms(ten), ms(one)), limit: 2 },
    { name: 'event of ten, AWS and CPU included', unit: 'RTT', value: median(ms(ten)) / world.roundTripMs },
    { name: 'event of ten, CPU', unit: 'ms', value: median(ten.map(({ cpuMs }) => cpuMs)) },
  ]);
  await runner.stop();
  return measures;
}

export function outboxRecord(body: object): object {
  return {
    messageId: randomUUID(),
    body: JSON.stringify(body),
    attributes: { MessageGroupId: MAILBOX.id },
  };
}
