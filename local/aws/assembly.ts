// Reads what `cdk synth` wrote: the stack's template, and where the bundle of each asset lies.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';

const ManifestSchema = v.object({
  artifacts: v.record(
    v.string(),
    v.looseObject({
      type: v.string(),
      properties: v.optional(
        v.looseObject({
          templateFile: v.optional(v.string()),
          stackName: v.optional(v.string()),
          file: v.optional(v.string()),
        }),
      ),
    }),
  ),
});

const AssetsSchema = v.object({
  files: v.optional(
    v.record(v.string(), v.object({ source: v.object({ path: v.string(), packaging: v.string() }) })),
    {},
  ),
});

const ResourceSchema = v.object({
  Type: v.string(),
  Properties: v.optional(v.record(v.string(), v.unknown()), {}),
  DependsOn: v.optional(v.union([v.string(), v.array(v.string())]), []),
  Condition: v.optional(v.string()),
});

const TemplateSchema = v.object({
  Parameters: v.optional(
    v.record(
      v.string(),
      v.looseObject({
        Type: v.string(),
        Default: v.optional(v.unknown()),
        AllowedValues: v.optional(v.array(v.unknown())),
      }),
    ),
    {},
  ),
  Conditions: v.optional(v.record(v.string(), v.unknown()), {}),
  Resources: v.record(v.string(), ResourceSchema),
  Outputs: v.optional(
    v.record(v.string(), v.looseObject({ Value: v.unknown(), Description: v.optional(v.string()) })),
    {},
  ),
});

export type Template = v.InferOutput<typeof TemplateSchema>;

export interface Assembly {
  readonly stackName: string;
  readonly template: Template;
  /** Folder of the asset whose S3 key the template names. */
  assetFolder(s3Key: string): string;
}

/** @throws Error when the folder holds no cloud assembly, or none or several stacks and no name was given */
export async function readAssembly(folder: string, stackName?: string): Promise<Assembly> {
  const manifest = v.parse(ManifestSchema, await readJson(join(folder, 'manifest.json')));
  const stacks = Object.entries(manifest.artifacts)
    .filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack')
    .map(([id, { properties }]) => ({
      name: properties?.stackName ?? id,
      file: properties?.templateFile ?? `${id}.template.json`,
    }))
    .filter(({ name }) => stackName === undefined || name === stackName);
  const [stack, ...others] = stacks;
  if (stack === undefined || others.length > 0) {
    throw new Error(
      `${folder} holds ${stacks.length} matching stacks, expected one: name it by stackName, or run cdk synth`,
    );
  }
  const template = v.parse(TemplateSchema, await readJson(join(folder, stack.file)));
  const folders = await readAssetFolders(folder, stack.file.replace('.template.json', '.assets.json'));
  return { stackName: stack.name, template, assetFolder: (s3Key) => findAsset(folders, s3Key) };
}

/** A template that a test has changed must still be one. */
export function parseTemplate(template: unknown): Template {
  return v.parse(TemplateSchema, template);
}

async function readAssetFolders(folder: string, file: string): Promise<ReadonlyMap<string, string>> {
  const { files } = v.parse(AssetsSchema, await readJson(join(folder, file)));
  return new Map(Object.entries(files).map(([hash, { source }]) => [hash, join(folder, source.path)]));
}

/** A key is the asset's hash and `.zip`: what would be uploaded is the zipped folder. */
function findAsset(folders: ReadonlyMap<string, string>, s3Key: string): string {
  const found = folders.get(s3Key.replace(/\.zip$/, ''));
  if (found === undefined) throw new Error(`the assembly has no asset for ${s3Key}: run cdk synth again`);
  return found;
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'));
}
