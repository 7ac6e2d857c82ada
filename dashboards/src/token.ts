/** A token that the address may carry (`#token=…`, `#control=…`). */
export type TokenName = 'token' | 'control';

/**
 * The token in the address, else the one this tab had before, so that a reload, or a link without it, still finds it. The token of
 * reading stays in the address: a bookmark keeps working. That of controlling is taken out at once: who is given the link can only
 * read.
 */
export function pageToken(name: TokenName): string | undefined {
  const all = new URLSearchParams(location.hash.slice(1));
  const inAddress = all.get(name);
  try {
    if (inAddress) sessionStorage.setItem(`rxnn.${name}`, inAddress);
    if (inAddress && name === 'control') {
      all.delete(name);
      history.replaceState(null, '', `#${all}`);
    }
    return inAddress ?? sessionStorage.getItem(`rxnn.${name}`) ?? undefined;
  } catch {
    // Storage may be forbidden; the address alone does.
    return inAddress ?? undefined;
  }
}

/** Keeps a token for this tab; false where the browser keeps nothing. */
export function setPageToken(name: TokenName, token: string): boolean {
  try {
    sessionStorage.setItem(`rxnn.${name}`, token);
    return true;
  } catch {
    return false;
  }
}
