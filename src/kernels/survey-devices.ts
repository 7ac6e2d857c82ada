import { DEVICE_NAMES, type Device, type DeviceName } from './device.js';
import { openDevice } from './open-device.js';
import { input } from './ops/leaves.js';
import { matmul } from './ops/matmul.js';

/** What `rxnn devices` shows of one device. */
export interface DeviceSurvey {
  readonly name: DeviceName;
  readonly available: boolean;
  /** Why it cannot run here. */
  readonly reason?: string;
  readonly adapter?: string;
  readonly hardware?: boolean;
  /** Speed of a 256 × 256 matrix product in 10⁹ multiplications and additions a second; undefined where it failed. */
  readonly gflops?: number;
}

const SIDE = 256;
const MEASURED_MS = 100;

/** Opens every device in turn, measures it for about 100 ms and closes it; never rejects. */
export async function surveyDevices(clock: () => number = () => performance.now()): Promise<DeviceSurvey[]> {
  const surveys: DeviceSurvey[] = [];
  for (const name of DEVICE_NAMES) surveys.push(await survey(name, clock));
  return surveys;
}

async function survey(name: DeviceName, clock: () => number): Promise<DeviceSurvey> {
  try {
    const device = await openDevice(name);
    try {
      const { adapter, hardware } = device;
      return { name, available: true, adapter, hardware, gflops: await matmulSpeed(device, clock) };
    } finally {
      device.close();
    }
  } catch (error) {
    return { name, available: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** The speed of a 256 × 256 matrix product on a device in 10⁹ multiplications and additions a second, measured for about 100 ms. */
export async function matmulSpeed(device: Device, clock: () => number): Promise<number> {
  const [a, b] = [input([SIDE, SIDE]), input([SIDE, SIDE])];
  const program = device.compile({ inputs: [a, b], outputs: [matmul(a, b)] });
  const ones = device.tensor([SIDE, SIDE], new Float32Array(SIDE * SIDE).fill(1));
  const multiply = async (times: number) => {
    for (let i = 0; i < times; i++) for (const product of program.run([ones, ones])) product.dispose();
    await device.settled();
  };
  await multiply(2);
  const start = clock();
  let done = 0;
  // Doubling keeps the waits few, so that a fast device is not measured by them.
  for (let times = 1; clock() - start < MEASURED_MS; times *= 2) {
    await multiply(times);
    done += times;
  }
  return (done * 2 * SIDE ** 3) / (clock() - start) / 1e6;
}
