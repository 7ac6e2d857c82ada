import { existsSync } from 'node:fs';
import type { Device } from '../../../src/kernels/device.js';
import { openDevice } from '../../../src/kernels/open-device.js';

/** Where Debian's Chromium keeps its software Vulkan driver, with which Dawn runs on a machine without a GPU. */
const SOFTWARE_VULKAN = '/usr/lib/chromium/vk_swiftshader_icd.json';

/**
 * Opens webgpu, with the software Vulkan driver where there is one. Without any adapter it says why and returns undefined,
 * for the tests to be skipped; in CI it throws.
 */
export async function openWebGpu(): Promise<Device | undefined> {
  if (existsSync(SOFTWARE_VULKAN)) {
    process.env.VK_ICD_FILENAMES ??= SOFTWARE_VULKAN;
    process.env.VK_DRIVER_FILES ??= SOFTWARE_VULKAN;
  }
  try {
    return await openDevice('webgpu');
  } catch (error) {
    if (process.env.CI) throw error;
    console.warn(`skipped the tests on webgpu: ${(error as Error).message}`);
    return undefined;
  }
}
