// A check that has begun: it ends with a finding whatever happens. It may need what others learn, and is skipped where they
// learned nothing; those that do not need each other run side by side.
import { describeFailure } from '../failure.ts';
import { type Finding, skipped, trouble, type Verdict } from './finding.ts';

export interface Check<Facts = unknown> {
  readonly name: string;
  /** Never rejects. */
  readonly verdict: Promise<Verdict<Facts>>;
}

/** What another check has learned. One need after the other, not side by side. */
export type Need = <Facts>(check: Check<Facts>) => Promise<Facts>;

/** However silent a server is, and however many more there are to ask. */
const PATIENCE_MS = 10_000;

export function begin<Facts>(name: string, run: (need: Need) => Promise<Verdict<Facts>>): Check<Facts> {
  return { name, verdict: watch(run).catch((error: unknown) => ({ finding: findingOf(error) })) };
}

/** Runs it, and gives up where its own work takes too long; waiting for what it needs does not count. */
function watch<Facts>(run: (need: Need) => Promise<Verdict<Facts>>): Promise<Verdict<Facts>> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const wait = (): void => {
      timer = setTimeout(() => reject(new Silence()), PATIENCE_MS);
    };
    const need: Need = async (check) => {
      clearTimeout(timer);
      const { facts } = await check.verdict;
      if (facts === undefined) throw new Unmet(check.name);
      wait();
      return facts;
    };
    wait();
    run(need)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

class Unmet extends Error {}
class Silence extends Error {}

function findingOf(error: unknown): Finding {
  if (error instanceof Unmet) return skipped(`because the check ${error.message} did not pass`);
  if (error instanceof Silence) {
    return trouble(`no answer within ${PATIENCE_MS / 1_000} seconds`, {
      cause: 'AWS, or a server that it waits for, is slow or silent',
      cure: 'try again; look at your connection, and at https://health.aws.amazon.com',
    });
  }
  return findingOfFailure(error);
}

/** Of AWS, or of Mailroom itself. */
export function findingOfFailure(error: unknown): Finding {
  const { code, message, cure } = describeFailure(error);
  return trouble(`it could not be looked at: ${code}`, { cause: message, cure });
}
