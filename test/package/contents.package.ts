// What is packed: as its users' tools resolve it, whole, and nothing beside.
import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { type Analysis, checkPackage, createPackageFromTarballData, type Package } from '@arethetypeswrong/core';
import { problemAffectsResolutionKind } from '@arethetypeswrong/core/problems';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { beforeAll, describe, expect, it } from 'vitest';
import { findTarball } from './pack.ts';

const FOLDER = '/node_modules/mailroom/';
const CHECKED = ['node16-esm', 'bundler'] as const;
/** Ignored, for the package is ESM only: resolution without `exports`, and require() as Node 20 knew it. */
const IGNORED = ['node10', 'node16-cjs'] as const;
/** In the repository only. */
const FOR_MAKERS = ['docs/decisions', 'CONTRIBUTING.md'];
const PACKED = [
  /^(README\.md|LICENSE|THIRD-PARTY-LICENSES\.txt|package\.json|bin\/mailroom\.cjs)$/,
  /^(cli|lib|infra)\/.+\.js$/,
  /^(lib\/(client|core)|infra)\/.+\.d\.ts$/,
  /^functions\/[\w-]+\/(invoke|outbox|schedule|audit)\/[\w-]+\.js$/,
  /^schemas\/[\w.-]+\.schema\.json$/,
  /^docs\/([\w-]+\.md|examples\/[\w-]+\.ts)$/,
];

describe('the packed tarball', () => {
  let bytes: Buffer<ArrayBuffer>;
  let packed: Package;
  let json: Record<string, unknown>;

  beforeAll(async () => {
    bytes = Buffer.from(await readFile(await findTarball()));
    packed = createPackageFromTarballData(bytes);
    json = JSON.parse(packed.readFile(`${FOLDER}package.json`));
  });

  it('has nothing that publint would say', async () => {
    const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('gives the right types wherever ESM is resolved', async () => {
    const analysis = await analyse(packed);
    expect(Object.keys(analysis.entrypoints).toSorted()).toEqual(['.', './infra', './nodemailer']);
    expect(Object.values(analysis.entrypoints).map(({ hasTypes }) => hasTypes)).toEqual([true, true, true]);
    const affects = (kinds: readonly ('node10' | 'node16-cjs' | 'node16-esm' | 'bundler')[]) =>
      analysis.problems.filter((one) => kinds.some((kind) => problemAffectsResolutionKind(one, kind, analysis)));
    expect(affects(CHECKED)).toEqual([]);
    expect(new Set(affects(IGNORED).map(({ kind }) => kind))).toEqual(new Set(['NoResolution', 'CJSResolvesToESM']));
  });

  it('holds what is exported, the command line, the functions and the docs, and nothing else', () => {
    const files = packed.listFiles().map((file) => file.slice(FOLDER.length));
    expect(files.filter((file) => !PACKED.some((pattern) => pattern.test(file)))).toEqual([]);
    expect(PACKED.filter((pattern) => !files.some((file) => pattern.test(file)))).toEqual([]);
  });

  it('brings no Node and nothing to build with, and leaves the CDK to who has it', () => {
    expect(json).not.toHaveProperty('optionalDependencies');
    expect(json).not.toHaveProperty('devDependencies');
    expect(json).not.toHaveProperty('scripts');
    expect(Object.keys(json.dependencies ?? {})).toContain('@aws-sdk/client-sqs');
    expect(Object.keys(json.dependencies ?? {}).filter((name) => /^(node-|esbuild$|aws-cdk-lib$)/.test(name))).toEqual(
      [],
    );
    expect(json.peerDependenciesMeta).toEqual({ 'aws-cdk-lib': { optional: true }, constructs: { optional: true } });
  });

  it('has all that its README links, but for how Mailroom is made', () => {
    const links = [...packed.readFile(`${FOLDER}README.md`).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(
      ([, link = '']) => link,
    );
    const packedOnes = links.filter((link) => packed.fileExists(posix.join(FOLDER, link)));
    expect(packedOnes.length).toBeGreaterThan(10);
    expect(links.filter((link) => !packedOnes.includes(link) && !FOR_MAKERS.includes(link))).toEqual([]);
  });

  it('has the licenses of what its bundles contain', () => {
    const text = packed.readFile(`${FOLDER}THIRD-PARTY-LICENSES.txt`);
    for (const bundled of ['imapflow', 'nodemailer', '@aws-sdk/client-sqs', 'valibot'])
      expect(text).toMatch(new RegExp(`^${bundled} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
    expect(text).toContain('Apache License');
    expect(text).toContain('Permission is hereby granted');
  });
});

async function analyse(packed: Package): Promise<Analysis> {
  // Data has no types.
  const result = await checkPackage(packed, { excludeEntrypoints: ['./schemas/*.json'] });
  if (result.types === false) throw new Error('the package has no types');
  return result;
}
