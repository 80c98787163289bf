// Figures that are compared are measured in turn, so that a busy moment of the machine meets all of them; and figures that
// do not hold are measured again, together with what they are compared with, before they are believed. What was measured
// counts in every round: more of it brings the least of each kind nearer to what the code takes, and so takes noise from a
// figure, but no regression.
import type { Measure } from './measure.ts';

export interface Rounds {
  /** Turns in a round. */
  readonly runs: number;
  /** What does not hold. */
  problems(measures: readonly Measure[]): readonly string[];
}

/** A busy spell of a shared machine lasts a minute or so: about what two rounds take. */
const MOST_ROUNDS = 5;

/**
 * @param turn measures each kind once
 * @param figures of all that the turns have measured so far
 */
export async function inRounds(
  { runs, problems }: Rounds,
  turn: () => Promise<void>,
  figures: () => readonly Measure[],
): Promise<readonly Measure[]> {
  for (let round = 1; ; round += 1) {
    for (let run = 0; run < runs; run += 1) await turn();
    const found = problems(figures());
    if (found.length === 0 || round === MOST_ROUNDS) return figures();
    console.log(`after round ${round} of ${MOST_ROUNDS}, measured again: ${found.join('; ')}`);
  }
}
