import { describe } from 'vitest';
import { openCpuDevice } from '../cpu-devices.js';
import { deviceContract } from './device-contract.js';
import { openWebGpu } from './webgpu.js';

describe('the simd device', () => deviceContract(async () => openCpuDevice('simd')));
describe('the cpu device', () => deviceContract(async () => openCpuDevice('cpu')));
describe('the webasm device', () => deviceContract(async () => openCpuDevice('webasm')));
describe('the webgpu device', () => deviceContract(openWebGpu));
