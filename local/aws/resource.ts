// A resource of a template on its way into the local AWS.

export interface ResourceRequest {
  readonly logicalId: string;
  /** With every intrinsic function resolved. */
  readonly properties: unknown;
  readonly physicalName: string;
}

export interface Provisioned {
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** As resolved: roles and policies keep their documents here. */
  readonly properties: unknown;
}

export type Provisioner = (request: ResourceRequest) => Promise<Provisioned>;
