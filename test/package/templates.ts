// What a template in a cloud assembly says, and which assets its functions run.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';

const CodeSchema = v.looseObject({ S3Key: v.optional(v.string()) });
const TemplateSchema = v.looseObject({
  Resources: v.record(
    v.string(),
    v.looseObject({ Type: v.string(), Properties: v.optional(v.looseObject({ Code: v.optional(CodeSchema) })) }),
  ),
});
type Template = v.InferOutput<typeof TemplateSchema>;

/** Without Metadata: that tells where an asset came from, and whether it was bundled on the way. */
export async function readTemplate(assembly: string, stackName: string): Promise<Template> {
  const text = await readFile(join(assembly, `${stackName}.template.json`), 'utf8');
  return v.parse(
    TemplateSchema,
    JSON.parse(text, (key, value) => (key === 'Metadata' ? undefined : value)),
  );
}

/** Hashes of the code of the functions that have an asset. */
export function assetsOf({ Resources }: Template): readonly string[] {
  const functions = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  return functions.flatMap(({ Properties }) => Properties?.Code?.S3Key?.replace(/\.zip$/, '') ?? []);
}

/** The policies of one role, as text. */
export function policiesOf({ Resources }: Template, logicalIdPrefix: string): string {
  const policies = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::IAM::Policy');
  return JSON.stringify(policies.filter(([id]) => id.startsWith(logicalIdPrefix)));
}
