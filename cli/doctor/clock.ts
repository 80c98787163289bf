// Whether this machine and the servers agree on the time: tokens and signed requests are good for minutes only.
import { describeSkew, MOST_SKEW_MS } from '../clock-skew.ts';
import type { Deployment } from '../deployment.ts';
import { askTime, type ServerTime } from './authorisation-server.ts';
import { ok, skipped, trouble, type Verdict, warning } from './finding.ts';

export async function checkAuthorisationServer({ outputs }: Deployment): Promise<Verdict<ServerTime>> {
  const time = await askTime(outputs.OauthUrl);
  if (time.kind === 'told') return { finding: ok('answers'), facts: time };
  const finding = warning(`endpoint unreachable: ${outputs.OauthUrl} (${time.code})`, {
    cause: 'this machine gets no answer of it; the functions in AWS may',
    cure: 'look at your connection and proxy; if the check of the grant fails too, at https://www.google.com/appsstatus',
  });
  return { finding, facts: time };
}

export function checkClock({ clockSkewMs }: Pick<Deployment, 'clockSkewMs'>, authorisation: ServerTime): Verdict {
  const told = [
    ...(clockSkewMs === undefined ? [] : [{ name: 'AWS', skewMs: clockSkewMs }]),
    ...(authorisation.kind === 'told' ? [{ name: 'the OAuth server', skewMs: authorisation.skewMs }] : []),
  ];
  if (told.length === 0) return { finding: skipped('because neither AWS nor the OAuth server told the time') };
  const off = told.filter(({ skewMs }) => Math.abs(skewMs) > MOST_SKEW_MS);
  const agreeing = told.filter(({ skewMs }) => Math.abs(skewMs) <= MOST_SKEW_MS).map(({ name }) => name);
  if (off.length === 0) return { finding: ok(`agrees with ${agreeing.join(' and ')}`) };
  const what = `clock off: this machine is ${off.map(({ name, skewMs }) => `${describeSkew(skewMs)} ${name}`).join(', and ')}`;
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
