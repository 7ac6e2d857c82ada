/** Where a tab keeps its token, so that a reload, or a link without it, still finds it. */
const key = 'rxnn.token';

/** The token in the address (`#token=…`), else the one this tab had before. It stays in the address: a bookmark keeps working. */
export function pageToken(): string | undefined {
  const inAddress = new URLSearchParams(location.hash.slice(1)).get('token');
  try {
    if (inAddress) sessionStorage.setItem(key, inAddress);
    return inAddress ?? sessionStorage.getItem(key) ?? undefined;
  } catch {
    // Storage may be forbidden; the address alone does.
    return inAddress ?? undefined;
  }
}
