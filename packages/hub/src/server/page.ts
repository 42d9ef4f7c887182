// The page at `/`, for a person who opens the hub's address: what this is. Holds nothing that is not public.

export interface PageFacts {
  readonly rootId: string;
  readonly version: string;
}

export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

/** Both facts are of our own making (hex digits, a version) and need no escaping. */
export function page({ rootId, version }: PageFacts): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Tocsin hub</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark}code{overflow-wrap:anywhere}</style>
<h1>This is a Tocsin hub</h1>
<p>Machines ask it whether a file, an address or a host can be trusted. It answers only machines that have joined.</p>
<p>Root key <code>${rootId}</code><br>Version ${version}</p>
<p>Your browser warns about this page because machines know the hub by its root key, not by a certificate that
browsers know. To join a machine, run <code>tocsin-hub token</code> on the hub, then
<code>tocsin join URL TOKEN</code> on the machine.</p>
<p><a href="/statement">What machines tell it, and what for</a> (Statement) · <a href="/privacy">What happens to that</a>
(privacy policy)</p>
<p><a href="/v1/openapi.json">What it speaks</a> · <a href="/v1/keys">Its signed keys</a></p>
</html>
`;
}
