import { describe } from 'vitest';
import { openCpuDevice } from '../../../src/kernels/open-device.js';
import { deviceContract } from './device-contract.js';
import { openWebGpu } from './webgpu.js';

describe('the cpu device', () => deviceContract(async () => openCpuDevice('cpu')));
describe('the webasm device', () => deviceContract(async () => openCpuDevice('webasm')));
describe('the webgpu device', () => deviceContract(openWebGpu));
