// The tour runs the main job on what `cdk synth` made; a server that goes down in its midst is named by its step.
import { describe, expect, it } from 'vitest';
import type { LocalMailroom } from '../../local/mailroom.ts';
import { runTour } from '../../tour/tour.ts';
import { ASSEMBLY } from '../synthesise.ts';

describe('the tour', () => {
  it('ends with the reply of the customer, beside the context of the mail that it answers', async () => {
    const lines: string[] = [];
    const reply = await runTour({ assembly: ASSEMBLY, say: (line) => lines.push(line) });
    expect(reply.text).toBe('Tomorrow would be fine.');
    expect(reply.answers.context).toEqual({ order: 4711, step: 'delivery-date' });
    expect(reply.answers.to).toEqual(['ada@customer.example']);
    expect(lines.map((line) => line.split(' ')[0])).toEqual(
      'start refresh poll send deliver reply route receive answer'.split(' '),
    );
    expect(lines.find((line) => line.startsWith('send'))).toContain('250 2.0.0 OK');
  });

  it.each([
    { server: 'oauth', step: 'refresh', reason: /^refresh: .*OAUTH_UNREACHABLE/ },
    { server: 'smtp', step: 'send', reason: /^send: .*queued \(SMTP_UNREACHABLE\)/ },
    { server: 'imap', step: 'route', reason: /^route: .*IMAP_UNREACHABLE/ },
  ] as const)('fails at $step, and says why, when the $server server stops', async ({ server, step, reason }) => {
    const beforeStep = async (name: string, local: LocalMailroom): Promise<void> => {
      if (name === step) await local.google.stop(server);
    };
    await expect(runTour({ assembly: ASSEMBLY, say: () => undefined, beforeStep })).rejects.toThrow(reason);
  });

  it('leaves no process behind, however it ends', async () => {
    const pids: number[] = [];
    const beforeStep = async (name: string, local: LocalMailroom): Promise<void> => {
      pids.push(...local.aws.processIds());
      if (name === 'receive') throw new Error('given up');
    };
    await expect(runTour({ assembly: ASSEMBLY, say: () => undefined, beforeStep })).rejects.toThrow('given up');
    expect(pids.length).toBeGreaterThan(0);
    expect(pids.filter(isRunning)).toEqual([]);
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
