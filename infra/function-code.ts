// Bundles a function into files that load when they are needed: what starts an SMTP connection comes first, the AWS SDK
// after it. esbuild splits ESM only, and an ESM import of a built-in such as node:http costs 25 ms of a cold start where a
// require costs 3: so it is built as ESM first, and what came of that is turned into CommonJS file by file.
// In the package that others install lie the bundles themselves, made by this very way.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FUNCTIONS = join(ROOT, 'functions');
/** The package is JavaScript, and has no sources to bundle. */
const IS_PACKAGE = import.meta.url.endsWith('.js');
const PLATFORM = { platform: 'node', target: 'node24', logLevel: 'error' } as const;

/** @param entry path under functions/; its `handler` is `index.handler` */
export function functionCode(entry: string): Code {
  if (IS_PACKAGE) return Code.fromAsset(join(FUNCTIONS, entry.replace(/\.ts$/, '')));
  return Code.fromAsset(FUNCTIONS, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      local: {
        tryBundle(folder) {
          bundle(join(FUNCTIONS, entry), folder);
          return true;
        },
      },
      // Neither is ever used, for the way above does not decline; but bundles are told apart by their commands.
      image: DockerImage.fromRegistry('none'),
      command: [entry],
    },
  });
}

/**
 * @param folder gets index.js, the chunks that it loads at once, and those that it loads later
 * @returns the files that went into it, relative to the root of the repository
 */
export function bundle(entryFile: string, folder: string): readonly string[] {
  // Loaded here, because who synthesises with the package need not have it.
  const { buildSync }: typeof import('esbuild') = createRequire(import.meta.url)('esbuild');
  const modules = mkdtempSync(join(tmpdir(), 'mailroom-bundle-'));
  try {
    const { metafile } = buildSync({
      ...PLATFORM,
      // What is bundled names its files by their paths from here: the same bundle, wherever this runs.
      absWorkingDir: ROOT,
      metafile: true,
      entryPoints: { index: entryFile },
      outdir: modules,
      bundle: true,
      splitting: true,
      format: 'esm',
      // The SDK's ESM build: its CommonJS build is 40 % larger and 10 to 30 ms slower to load, per client.
      mainFields: ['module', 'main'],
    });
    buildSync({
      ...PLATFORM,
      entryPoints: readdirSync(modules).map((file) => join(modules, file)),
      outdir: folder,
      format: 'cjs',
      supported: { 'dynamic-import': false },
      // ESM packages such as imapflow ask for import.meta.url, which CommonJS has under another name.
      define: { 'import.meta.url': 'importMetaUrl' },
      banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    });
    return Object.keys(metafile.inputs);
  } finally {
    rmSync(modules, { recursive: true, force: true });
  }
}
