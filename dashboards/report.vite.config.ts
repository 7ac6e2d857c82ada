import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The same page as one file that has its study in it (`rxnn report`): no server, no network, as strict a policy.
// biome-ignore lint/style/noDefaultExport: Vite wants it.
export default defineConfig({
  root: here('.'),
  base: './',
  publicDir: false,
  plugins: [studyInPage(), oneFile()],
  build: {
    outDir: '../dist/report',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
  },
});

/** The page talks to the study in it, not to a server. */
function studyInPage(): Plugin {
  return {
    name: 'study-in-page',
    enforce: 'pre',
    resolveId: source => (source === './connect.js' ? here('./src/connect-report.ts') : undefined),
  };
}

/** Puts scripts and styles into the HTML, and allows these and nothing else. */
function oneFile(): Plugin {
  return {
    name: 'one-file',
    enforce: 'post',
    generateBundle(_, bundle) {
      const files = Object.values(bundle);
      const html = files.find(file => file.fileName.endsWith('.html'));
      const chunks = files.filter(file => file.type === 'chunk');
      const css = files.flatMap(file => (file.type === 'asset' && file.fileName.endsWith('.css') ? [file.source] : []));
      if (html?.type !== 'asset' || chunks.length !== 1) this.error('the report is one page with one script');
      // What ends a script in HTML must not be in one.
      const script = (chunks[0]?.code ?? '').replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
      const style = css.map(String).join('\n');
      const icon = Buffer.from(readFileSync(here('./public/favicon.svg'))).toString('base64');
      const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
      const policy = [
        "default-src 'none'",
        `script-src ${hash(script)}`,
        `style-src ${hash(style)}`,
        // The icon, which lies in the page as all else does.
        'img-src data:',
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ].join('; ');
      const head = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
      const page = String(html.source)
        .replace(/<script type="module"[^>]*><\/script>\s*/, '')
        .replace(/<link rel="stylesheet"[^>]*>\s*/g, '')
        .replace(/(<link rel="icon"[^>]*href=")[^"]*"/, (_, before) => `${before}data:image/svg+xml;base64,${icon}"`)
        .replace('<meta charset="utf-8">', match => `${match}\n    ${head}`)
        .replace('</head>', () => `<style>${style}</style>\n  </head>`)
        .replace('</body>', () => `  <!--study-->\n    <script type="module">${script}</script>\n  </body>`);
      for (const { fileName } of files) delete bundle[fileName];
      this.emitFile({ type: 'asset', fileName: 'template.html', source: page });
    },
  };
}
