const GUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** At least two labels, in any script. */
const DOMAIN = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}][\p{L}\p{N}-]{0,61}[\p{L}\p{N}]$/u;

/** The form of the IDs that Entra ID gives to tenants and applications. */
export function isGuid(text: string): boolean {
  return GUID.test(text);
}

/** `common` and `organizations`, which Entra ID knows too, name no tenant. */
export function isDomain(text: string): boolean {
  return DOMAIN.test(text);
}
