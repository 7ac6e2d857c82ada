import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GoldenCase } from '../../train/torch-golden.js';
import type { conformanceInPage, goldenInPage } from './browser-page.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--no-first-run',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
];

const found = existsSync(CHROMIUM);
if (!found && !process.env.CI) console.warn(`skipped the tests in a browser: there is no ${CHROMIUM}`);

describe.skipIf(!found && !process.env.CI)('in headless Chromium', () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    const script = await bundle();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    page = await browser.newPage();
    // WebGPU is there in secure contexts only, such as a page of this machine.
    await page.route('http://localhost/**', route =>
      route.fulfill({ contentType: 'text/html', body: '<title>test</title>' }),
    );
    await page.goto('http://localhost/');
    await page.addScriptTag({ content: script });
  });
  afterAll(() => browser?.close());

  it.each(['webgl2', 'webgpu', 'simd'] as const)(
    'every op and its gradients agree with float64 at odd shapes on %s, and nothing is left open',
    async name => {
      const result = await page.evaluate(
        device => (globalThis as unknown as { conformanceInPage: typeof conformanceInPage }).conformanceInPage(device),
        name,
      );
      expect(result).toMatchObject({ name, hardware: false, synchronous: name !== 'webgpu' });
      expect(result.adapter).toMatch(name === 'simd' ? /^WebAssembly SIMD, 1 thread$/ : /SwiftShader.*\(software\)/i);
      expect(result.found).toEqual([]);
      expect(result.usage).toEqual({ tensors: 0, bytes: 0, programs: 0, kernels: 0 });
    },
    180_000,
  );

  it.each(['webgl2', 'webgpu', 'simd'] as const)(
    'the trainings on %s follow the float64 losses of PyTorch for 100 steps within 1e-4',
    async name => {
      const file = new URL('../../reference/torch_golden.json', import.meta.url);
      const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: GoldenCase[] };
      const errors = await page.evaluate(
        ([device, recorded]) =>
          (globalThis as unknown as { goldenInPage: typeof goldenInPage }).goldenInPage(device, recorded),
        [name, cases] as const,
      );
      expect(Object.keys(errors)).toEqual(cases.map(golden => golden.name));
      for (const error of Object.values(errors)) expect(error).toBeLessThan(1e-4);
    },
    180_000,
  );
});

/** The page's script in one string; names must stay, as gpu.js reads the sources of kernels. */
async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      lib: { entry: fileURLToPath(new URL('./browser-page.ts', import.meta.url)), formats: ['iife'], name: 'page' },
    },
  });
  const [output] = [built].flat() as { readonly output: readonly { readonly code?: string }[] }[];
  return output!.output.map(({ code = '' }) => code).join('\n');
}
