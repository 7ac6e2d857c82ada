import { readJsonObject } from '../config/read-json.js';
import { InputError } from '../errors.js';
import type { DeviceName } from '../kernels/device.js';

/**
 * What `opening` comes to. A device that was asked for, by `--device` or by the file, and cannot run here is a wrong argument or a wrong
 * file: an InputError says where it was asked for.
 */
export async function withDevice<Opened>(
  opening: Promise<Opened>,
  asked: DeviceName | 'auto' | undefined,
  file?: string,
): Promise<Opened> {
  try {
    return await opening;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'DeviceError') throw error;
    const stated = asked ?? (file === undefined ? undefined : (await readJsonObject(file)).device);
    if (stated === undefined || stated === 'auto') throw error;
    throw new InputError(error.message, asked === undefined ? { file, path: 'device' } : { path: '--device' });
  }
}
