// What Mailroom counts on of Secrets Manager, as a suite for any endpoint: the local one, and emulators that others wrote.
import { randomBytes } from 'node:crypto';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

export interface SecretsEndpoint {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * @param lacks what is known to be missing there, by the name of its test, with what happens instead: such a test must
 * fail, so that the list stays true
 */
export function describeSecretsManager(
  name: string,
  start: () => Promise<SecretsEndpoint>,
  lacks: Readonly<Record<string, string>> = {},
): void {
  const refusal = (test: string, run: () => Promise<void>): void => {
    if (lacks[test] === undefined) it(test, run);
    else it.fails(`${test} (not there: ${lacks[test]})`, run);
  };

  describe(`Secrets Manager of ${name}`, () => {
    let client: SecretsManagerClient;

    beforeAll(async () => {
      const { credentials, ...rest } = await start();
      client = new SecretsManagerClient({ ...rest, credentials: { ...credentials }, maxAttempts: 1 });
    });

    afterAll(() => client?.destroy());

    const get = (SecretId: string, options: object = {}) =>
      client.send(new GetSecretValueCommand({ SecretId, ...options }));
    const put = (SecretId: string, SecretString: string, ClientRequestToken?: string) =>
      client.send(
        new PutSecretValueCommand({ SecretId, SecretString, ...(ClientRequestToken && { ClientRequestToken }) }),
      );
    const create = (Name: string, SecretString = 'one') => client.send(new CreateSecretCommand({ Name, SecretString }));

    /** A forced deletion goes on in the background: "use appropriate back off and retry logic". */
    const createOnceGone = async (name: string, triesLeft = 20): ReturnType<typeof create> => {
      try {
        return await create(name, 'anew');
      } catch (error) {
        const isLeaving = error instanceof Error && error.name === 'InvalidRequestException';
        if (!isLeaving || triesLeft === 0) throw error;
        return createOnceGone(name, triesLeft - 1);
      }
    };

    it('finds a secret by name, ARN and ARN without its suffix', async () => {
      const { ARN = '', VersionId } = await create('S/by-name');
      expect(ARN).toMatch(/:secret:S\/by-name-\w{6}$/);
      for (const id of ['S/by-name', ARN, ARN.slice(0, -7)]) {
        expect(await get(id)).toMatchObject({
          Name: 'S/by-name',
          SecretString: 'one',
          VersionId,
          VersionStages: ['AWSCURRENT'],
        });
      }
    });

    it('says ResourceNotFoundException of what is not there, to readers and writers', async () => {
      for (const call of [get('S/none'), put('S/none', 'x')]) {
        await expect(call).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
      }
    });

    it('moves AWSCURRENT to what is put, and AWSPREVIOUS to what was', async () => {
      const { VersionId: first } = await create('S/versions');
      const { VersionId: second } = await put('S/versions', 'two');
      expect(second).not.toBe(first);
      expect(await get('S/versions')).toMatchObject({ SecretString: 'two', VersionId: second });
      expect(await get('S/versions', { VersionStage: 'AWSPREVIOUS' })).toMatchObject({
        SecretString: 'one',
        VersionId: first,
      });
      await put('S/versions', 'three');
      expect(await get('S/versions', { VersionStage: 'AWSPREVIOUS' })).toMatchObject({ SecretString: 'two' });
    });

    it('takes a repeated put for one', async () => {
      await create('S/repeated');
      const token = '11111111-2222-3333-4444-555555555555';
      const { VersionId } = await put('S/repeated', 'two', token);
      expect((await put('S/repeated', 'two', token)).VersionId).toBe(VersionId);
    });

    refusal('refuses the token of a put with another value', async () => {
      await create('S/token');
      const token = '11111111-2222-3333-4444-666666666666';
      await put('S/token', 'two', token);
      await expect(put('S/token', 'other', token)).rejects.toMatchObject({ name: 'ResourceExistsException' });
    });

    it('refuses to create a name twice', async () => {
      await create('S/twice');
      await expect(create('S/twice')).rejects.toMatchObject({ name: 'ResourceExistsException' });
      expect((await get('S/twice')).SecretString).toBe('one');
    });

    refusal('refuses values that are too long', async () => {
      await create('S/long');
      await expect(put('S/long', randomBytes(32_769).toString('hex'))).rejects.toThrow();
      expect((await get('S/long')).SecretString).toBe('one');
    });

    it('deletes with a window to restore, or at once', async () => {
      await create('S/deleted');
      await client.send(new DeleteSecretCommand({ SecretId: 'S/deleted', RecoveryWindowInDays: 7 }));
      await expect(get('S/deleted')).rejects.toMatchObject({ name: 'InvalidRequestException' });
      await client.send(new RestoreSecretCommand({ SecretId: 'S/deleted' }));
      expect((await get('S/deleted')).SecretString).toBe('one');
      await client.send(new DeleteSecretCommand({ SecretId: 'S/deleted', ForceDeleteWithoutRecovery: true }));
      await expect(get('S/deleted')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
      expect((await createOnceGone('S/deleted')).Name).toBe('S/deleted');
    });

    it('takes no values while it is marked for deletion, and says until when it can be restored', async () => {
      await create('S/marked');
      const { DeletionDate } = await client.send(new DeleteSecretCommand({ SecretId: 'S/marked' }));
      await expect(put('S/marked', 'two')).rejects.toMatchObject({ name: 'InvalidRequestException' });
      const { DeletedDate } = await client.send(new DescribeSecretCommand({ SecretId: 'S/marked' }));
      expect(DeletedDate).toBeInstanceOf(Date);
      expect(DeletionDate?.getTime()).toBeGreaterThan(Date.now());
      await client.send(new RestoreSecretCommand({ SecretId: 'S/marked' }));
      expect(await client.send(new DescribeSecretCommand({ SecretId: 'S/marked' }))).not.toHaveProperty('DeletedDate');
      await put('S/marked', 'two');
      expect((await get('S/marked')).SecretString).toBe('two');
    });

    refusal('says of what is marked for deletion that it is, to who would create it', async () => {
      await create('S/marked-name');
      await client.send(new DeleteSecretCommand({ SecretId: 'S/marked-name' }));
      await expect(create('S/marked-name')).rejects.toMatchObject({
        name: 'InvalidRequestException',
        message: expect.stringContaining('scheduled for deletion'),
      });
    });

    refusal('has nothing against deleting at once what is not there, or is marked already', async () => {
      const atOnce = (SecretId: string) =>
        client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
      expect((await atOnce('S/never')).Name).toBe('S/never');
      await create('S/marked-before');
      await client.send(new DeleteSecretCommand({ SecretId: 'S/marked-before' }));
      await atOnce('S/marked-before');
      await expect(client.send(new RestoreSecretCommand({ SecretId: 'S/marked-before' }))).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
    });

    refusal('refuses windows that are too short or too long, or beside a deletion at once', async () => {
      await create('S/windows');
      for (const window of [
        { RecoveryWindowInDays: 6 },
        { RecoveryWindowInDays: 31 },
        { RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true },
      ]) {
        const deleting = client.send(new DeleteSecretCommand({ SecretId: 'S/windows', ...window }));
        await expect(deleting).rejects.toMatchObject({ name: 'InvalidParameterException' });
      }
      expect((await get('S/windows')).SecretString).toBe('one');
    });

    refusal('takes a hundred versions a day of one secret, and not one more', async () => {
      await create('S/busy');
      for (let count = 1; count < 100; count += 1) await put('S/busy', `${count}`);
      await expect(put('S/busy', 'one more')).rejects.toMatchObject({ name: 'LimitExceededException' });
      expect((await get('S/busy')).SecretString).toBe('99');
    });

    it('describes, tags, updates and lists', async () => {
      await create('S/described');
      await client.send(new TagResourceCommand({ SecretId: 'S/described', Tags: [{ Key: 'k', Value: 'v' }] }));
      await client.send(
        new UpdateSecretCommand({ SecretId: 'S/described', SecretString: 'two', Description: 'about' }),
      );
      const described = await client.send(new DescribeSecretCommand({ SecretId: 'S/described' }));
      expect(described).toMatchObject({ Name: 'S/described', Description: 'about', Tags: [{ Key: 'k', Value: 'v' }] });
      expect(JSON.stringify(described)).not.toContain('two');
      const names: (string | undefined)[] = [];
      let NextToken: string | undefined;
      do {
        const page = await client.send(new ListSecretsCommand({ MaxResults: 2, ...(NextToken && { NextToken }) }));
        names.push(...(page.SecretList ?? []).map(({ Name }) => Name));
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      expect(names).toContain('S/described');
      expect(new Set(names).size).toBe(names.length);
    });
  });
}
