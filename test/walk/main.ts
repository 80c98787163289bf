// `npm run walk`: docs/first-ten-minutes.md as a newcomer follows it, in a clone of its own with an empty cache of npm; what
// stands in its blocks is what is run. Prints how long each part took.
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missing, startMiniStack } from '../deploy/ministack.ts';
import { blocksIn } from '../readme/blocks.ts';
import { answerAs, awaitMail } from './desk-visitor.ts';
import { Command, type Environment } from './process.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const GRACE = 'grace@customer.example';

const folder = await realpath(await mkdtemp(join(tmpdir(), 'mailroom-walk-')));
const clone = join(folder, 'mailroom');
const service = join(folder, 'my-service');
const env: Environment = {
  ...process.env,
  ...{ npm_config_cache: join(folder, 'npm-cache'), CI: 'true' },
  // For the newcomer's own code, and without what this very command runs by.
  PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
};
const page = blocksIn(await readFile(join(ROOT, 'docs/first-ten-minutes.md'), 'utf8'));
const [start, build, runSender, runConsumer, deploy] = page.flatMap(({ language, text }) =>
  language === 'sh' ? [text] : [],
);
const [sender, consumer] = page.flatMap(({ language, text }) => (language === 'js' ? [text] : []));

let begun = performance.now();
const times: (readonly [string, number])[] = [];
const took = (what: string) => {
  times.push([what, (performance.now() - begun) / 1_000]);
  begun = performance.now();
};
const run = (script = '', cwd = clone, more: Environment = {}) => new Command(script, cwd, { ...env, ...more }).done();

try {
  await run(`git clone --quiet '${ROOT}' mailroom`, folder);
  took('clone');
  const dev = new Command(start ?? '', clone, env);
  try {
    await walkBesideDev(dev);
  } finally {
    await dev.interrupt();
  }
  await walkDeploy();
} finally {
  await rm(folder, { recursive: true, force: true });
}
for (const [what, seconds] of times) console.log(`${what.padEnd(40)} ${seconds.toFixed(1).padStart(6)} s`);
console.log(
  `${'all of it'.padEnd(40)} ${times
    .reduce((sum, [, seconds]) => sum + seconds, 0)
    .toFixed(1)
    .padStart(6)} s`,
);

async function walkBesideDev(dev: Command): Promise<void> {
  await dev.until(/synthesising/);
  took('npm ci');
  const desk = (await dev.until(/browser: (http:\S+)/)).replace('browser: ', '');
  await awaitMail(desk, 'ada@customer.example', 'Your order 4711');
  took('npm run dev, until the first mail is seen');
  await run(build);
  took('build, pack and install the package');
  await writeFile(join(service, 'send.mjs'), sender ?? '');
  expectPrinted(await run(runSender, service), /^sent </m);
  expectPrinted(await run(runSender, service), /^replayed </m);
  const mail = await awaitMail(desk, GRACE, 'Your invoice 1');
  took('own code sends, twice, and one mail is seen');
  await writeFile(join(service, 'consume.mjs'), consumer ?? '');
  await answerAs(desk, GRACE, mail.id, 'Yes, it is.');
  const consuming = new Command(runConsumer ?? '', service, env);
  try {
    await consuming.until(/reply \{ invoice: 1 \} Yes, it is\./);
    await awaitMail(desk, GRACE, 'Re: Your invoice 1');
  } finally {
    await consuming.interrupt();
  }
  took('answered, consumed, and answered back');
}

async function walkDeploy(): Promise<void> {
  const why = await missing();
  if (why !== undefined) return console.log(`skipped: cdk deploy, for ${why}`);
  const aws = await startMiniStack();
  try {
    const { accessKeyId, secretAccessKey } = aws.credentials;
    await run(deploy, clone, {
      ...{ AWS_ENDPOINT_URL: aws.endpoint, AWS_ENDPOINT_URL_S3: aws.endpoint, AWS_REGION: aws.region },
      ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
      // A person reads what is about to be allowed, and says yes.
      CDK_REQUIRE_APPROVAL: 'never',
    });
    took('cdk bootstrap and cdk deploy, emulated');
  } finally {
    await aws.stop();
  }
}

function expectPrinted(printed: string, pattern: RegExp): void {
  if (!pattern.test(printed)) throw new Error(`expected ${pattern}, it printed: ${printed}`);
}
