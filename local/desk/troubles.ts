// What can be made to go wrong for one mailbox, with the words that Gmail has for it.
import type { Fault, FaultAction, SmtpPoint } from '../google/faults.ts';
import type { LocalGoogle } from '../google/google.ts';
import { TROUBLES, type Trouble } from './desk-state.ts';

const FAULTS: Readonly<Record<Trouble, Fault<SmtpPoint, FaultAction>>> = {
  // Gmail has the mail, and nobody hears of it: the case that sends twice elsewhere.
  'cut-after-data': { at: 'after-dot', do: 'cut', times: 1 },
  throttled: {
    at: 'MAIL',
    do: { reply: '421-4.7.0 Try again later, closing connection.\r\n421 4.7.0 - gsmtp' },
    times: Number.POSITIVE_INFINITY,
  },
  'at-its-limit': {
    at: 'MAIL',
    do: { reply: '550-5.4.5 Daily user sending limit exceeded.\r\n550 5.4.5 - gsmtp' },
    times: Number.POSITIVE_INFINITY,
  },
};

export class Troubles {
  readonly #google: LocalGoogle;
  readonly #added = new Map<string, Fault<SmtpPoint, FaultAction>>();

  constructor(google: LocalGoogle) {
    this.#google = google;
  }

  of(address: string): readonly Trouble[] {
    return TROUBLES.filter((trouble) => {
      const fault = this.#added.get(`${trouble} ${address}`);
      return fault !== undefined && this.#google.faults.smtpScript.awaits(fault);
    });
  }

  set(address: string, trouble: Trouble, isOn: boolean): void {
    const { smtpScript } = this.#google.faults;
    const before = this.#added.get(`${trouble} ${address}`);
    if (before !== undefined) smtpScript.remove(before);
    if (!isOn) return;
    const fault = { ...FAULTS[trouble], mailbox: address };
    smtpScript.add(fault);
    this.#added.set(`${trouble} ${address}`, fault);
  }
}
