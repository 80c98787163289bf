// Whether this machine and the servers agree on the time: tokens and signed requests are good for minutes only.
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import type { Deployment } from '../deployment.ts';
import { askTime, type ServerTime } from './authorisation-server.ts';
import { ok, trouble, type Verdict, warning } from './finding.ts';

const MOST_MS = 60_000;

export async function checkAuthorisationServer({ outputs }: Deployment): Promise<Verdict<ServerTime>> {
  const time = await askTime(outputs.OauthUrl);
  if (time.kind === 'told') return { finding: ok('answers'), facts: time };
  const finding = warning(`endpoint unreachable: ${outputs.OauthUrl} (${time.code})`, {
    cause: 'this machine gets no answer of it; the functions in AWS may',
    cure: 'look at your connection and proxy; if the check of the grant fails too, at https://www.google.com/appsstatus',
  });
  return { finding, facts: time };
}

export async function checkClock(deployment: Deployment, authorisation: ServerTime): Promise<Verdict> {
  const sources: readonly (readonly [string, ServerTime])[] = [
    ['AWS', await askAws(deployment)],
    ['the OAuth server', authorisation],
  ];
  const told = sources.flatMap(([name, time]) => (time.kind === 'told' ? [{ name, skewMs: time.skewMs }] : []));
  const off = told.filter(({ skewMs }) => Math.abs(skewMs) > MOST_MS);
  const agreeing = told.filter(({ skewMs }) => Math.abs(skewMs) <= MOST_MS).map(({ name }) => name);
  if (off.length === 0) return { finding: ok(`agrees with ${agreeing.join(' and ')}`) };
  const what = `clock off: this machine is ${off.map(describeSkew).join(', and ')}`;
  if (agreeing.length === 0) {
    const cause = 'the clock of this machine is wrong';
    return { finding: trouble(what, { cause, cure: 'set it by NTP', command: 'sudo timedatectl set-ntp true' }) };
  }
  return {
    finding: trouble(what, {
      cause: `the clock of ${off.map(({ name }) => name).join(' and ')}, or of a proxy before it, is wrong: ${agreeing.join(' and ')} agrees with this machine`,
      cure: 'have the clock there set by NTP; where it is Google or AWS itself, look for a proxy in between',
    }),
  };
}

function describeSkew({ name, skewMs }: { name: string; skewMs: number }): string {
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  const span = seconds < 600 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
  return `${span} ${skewMs > 0 ? 'ahead of' : 'behind'} ${name}`;
}

const ResponseSchema = v.object({ response: v.object({ headers: v.record(v.string(), v.string()) }) });

/** The SDK corrects a wrong clock without a word: the answer itself says what time it is there. */
async function askAws({ sqs, outputs }: Deployment): Promise<ServerTime> {
  let date = '';
  const command = new GetQueueAttributesCommand({ QueueUrl: outputs.OutboxUrl, AttributeNames: ['QueueArn'] });
  command.middlewareStack.add(
    (next) => async (request) => {
      const answered = await next(request);
      const parsed = v.safeParse(ResponseSchema, answered);
      date = parsed.success ? (parsed.output.response.headers.date ?? '') : '';
      return answered;
    },
    { step: 'deserialize', priority: 'low' },
  );
  const before = Date.now();
  await sqs.send(command);
  const told = Date.parse(date);
  if (Number.isNaN(told)) return { kind: 'unreachable', code: 'an answer without a Date' };
  return { kind: 'told', skewMs: (before + Date.now()) / 2 - told };
}
