// Replies in waves, while polls are killed, UIDs are left out and renewed, and mail is archived or called spam at once: each
// is one event, and no flag of any mail changes. The same on every server.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseReply } from '../../lib/client/mailroom.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { type CallsProxy, startCallsProxy } from '../functions/calls-proxy.ts';
import { createRandom } from './random.ts';
import { connectClient, flagsOf, type Place, type ReplyWorld } from './reply-world.ts';

const REPLIES = 500;
const WAVES = 50;
const KILLS = 20;
const QUESTIONS = 25;
/** A poll of a wave makes about so many calls: each may be its last. */
const CALLS = 60;
const LEFT_OUT_ONE_IN = 50;
const SEED = Number(process.env.BURST_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** @param start with these variables in the environment of the functions */
export function runReplyBurst(
  name: string,
  start: (environment: Record<string, string>) => Promise<ReplyWorld>,
  servers: (world: ReplyWorld) => Parameters<typeof connectClient>[1],
): void {
  describe(`${REPLIES} replies on ${name}, seed ${SEED}`, () => {
    let world: ReplyWorld;
    let proxy: CallsProxy;
    let questions: string[];
    const random = createRandom(SEED);
    const events = new Map<string, string[]>();

    beforeAll(async () => {
      proxy = await startCallsProxy();
      world = await start({ AWS_ENDPOINT_URL_DYNAMODB: proxy.url });
      proxy.target = world.stack.aws.endpoints.dynamodb;
      await world.stack.invoke('RefreshTokensFunction', {});
      await world.stack.invoke('PollRepliesFunction', {});
      const asked = Array.from({ length: QUESTIONS }, (_, index) =>
        world.stack.send({ idempotencyKey: `question ${index}`, context: { question: index } }),
      );
      questions = (await Promise.all(asked)).map(({ outcome }) => String(outcome?.messageId));
    }, 60_000);

    afterAll(async () => {
      await world?.stop();
      await proxy?.close();
    });

    it('are as many events, each with its context, and no flag has changed', async () => {
      const isLeavingOut = world.leaveOut(LEFT_OUT_ONE_IN);
      let kills = 0;
      const places = new Map<Place, number>();
      for (let wave = 0; wave < WAVES; wave += 1) {
        for (let index = wave; index < REPLIES; index += WAVES) {
          const place = placeOf(random());
          places.set(place, (places.get(place) ?? 0) + 1);
          await world.deliver(replyOf(index), place);
        }
        if (wave === WAVES / 2) await world.renewUids();
        if (kills < KILLS && random() < 0.6) kills += (await killedPoll()) ? 1 : 0;
        await poll();
        await receive();
        // Its lease has ended, or Spam is due.
        await world.stack.passReadingTime(wave % 5 === 0 ? 11 * 60_000 : world.pauseMs);
      }
      while (kills < KILLS) {
        await world.stack.passReadingTime();
        kills += (await killedPoll()) ? 1 : 0;
      }
      await drain();
      const repeats = [...events.values()].filter((texts) => texts.length > 1).length;
      const said = [...places].map(([place, count]) => `${count} ${place}`).join(', ');
      console.log(
        `${name}, seed ${SEED}: ${events.size} events of ${REPLIES} replies (${said}), ${repeats} repeated, ${kills} polls killed, ` +
          `${isLeavingOut ? `one UID in ${LEFT_OUT_ONE_IN} left out` : 'no UID left out'}, UIDVALIDITY changed once`,
      );
      const texts = [...events.values()].flat();
      expect(texts.toSorted()).toEqual(Array.from({ length: REPLIES }, (_, index) => `answer ${index}`).toSorted());
      expect(repeats).toBe(0);
      expect((await world.stack.invoke('AuditRepliesFunction', {})).outcome).toMatchObject({ routed: 0, failures: [] });
      world.leaveOut(0);
      await expectUntouched();
    }, 900_000);

    async function poll(): Promise<unknown> {
      return (await world.stack.invoke('PollRepliesFunction', {})).outcome;
    }

    /** Dies at a call by chance; answers whether it came so far. */
    async function killedPoll(): Promise<boolean> {
      let left = 1 + Math.floor(random() * CALLS);
      const isAfter = random() < 0.5;
      proxy.onCall = () => {
        left -= 1;
        if (left !== 0) return 'pass';
        const kill = () => world.stack.aws.killFunction(world.stack.output('PollRepliesFunction'));
        if (isAfter) return kill;
        kill();
        return 'drop';
      };
      const { errorType } = await world.stack.invoke('PollRepliesFunction', {});
      proxy.onCall = () => 'pass';
      await world.stack.passReadingTime(world.pauseMs);
      return errorType !== undefined;
    }

    async function receive(): Promise<number> {
      const letters = await world.stack.receive('RepliesUrl', 0);
      for (const letter of letters) {
        const { id, text, answers, isSpam } = parseReply(letter);
        const [, index = ''] = /^answer (\d+)/.exec(text) ?? [];
        expect({ context: answers.context }).toEqual({ context: { question: Number(index) % QUESTIONS } });
        expect(typeof isSpam).toBe('boolean');
        events.set(id, [...(events.get(id) ?? []), text]);
      }
      return letters.length;
    }

    async function drain(): Promise<void> {
      for (let quiet = 0; quiet < 3; ) {
        await world.stack.passReadingTime();
        await poll();
        let received = 0;
        for (let some = await receive(); some > 0; some = await receive()) received += some;
        quiet = received === 0 ? quiet + 1 : 0;
      }
    }

    function replyOf(index: number): string {
      const headers = [
        `From: customer-${index}@customer.example`,
        `To: ${SUPPORT.address}`,
        `Message-ID: <burst-${index}@customer.example>`,
        `Date: ${new Date().toUTCString()}`,
        `In-Reply-To: ${questions[index % QUESTIONS]}`,
        'Subject: Re: Hello',
      ];
      return `${headers.join('\r\n')}\r\n\r\nanswer ${index}\r\n`;
    }

    async function expectUntouched(): Promise<void> {
      const client = await connectClient(world.stack, servers(world));
      const flags = await flagsOf(client);
      await client.logout();
      const replies = [...flags].filter(([messageId]) => messageId.includes('burst-'));
      expect(replies).toHaveLength(REPLIES);
      expect(replies.filter(([, own]) => own.length > 0)).toEqual([]);
    }
  });
}

function placeOf(chance: number): Place {
  if (chance < 0.15) return 'archive';
  return chance < 0.25 ? 'spam' : 'inbox';
}
