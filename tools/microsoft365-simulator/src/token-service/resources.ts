/** A service that tokens are for. */
export interface Resource {
  /** What a token for it names as its audience; a scope is this with `/.default`. */
  readonly uri: string;
  /** Other names that a scope may call it by. */
  readonly aliases: readonly string[];
  /** What allows an application, and what allows an account, to read message traces; may be the same word. */
  readonly applicationPermission: string;
  readonly delegatedPermission: string;
}

export const graphResource: Resource = {
  uri: 'https://graph.microsoft.com',
  aliases: ['00000003-0000-0000-c000-000000000000'],
  applicationPermission: 'ExchangeMessageTrace.Read.All',
  delegatedPermission: 'ExchangeMessageTrace.Read.All',
};

/** Office 365 Exchange Online, to which the Reporting Web Service belongs. */
export const exchangeResource: Resource = {
  uri: 'https://outlook.office365.com',
  aliases: ['https://outlook.office.com', '00000002-0000-0ff1-ce00-000000000000'],
  applicationPermission: 'ReportingWebService.Read.All',
  delegatedPermission: 'ReportingWebService.Read',
};

const resources: readonly Resource[] = [graphResource, exchangeResource];

/** Every permission that this simulator knows. */
export const allPermissions: readonly string[] = [
  ...new Set(resources.flatMap((resource) => [resource.applicationPermission, resource.delegatedPermission])),
];

/** The resource of that name, in any case and with or without a slash at its end. */
export function findResource(name: string): Resource | undefined {
  const wanted = name.toLowerCase().replace(/\/+$/, '');
  return resources.find(({ uri, aliases }) => wanted === uri || aliases.includes(wanted));
}
