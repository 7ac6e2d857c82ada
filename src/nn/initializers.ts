import { didYouMean, InputError } from '../errors.js';
import { type Shape, sizeOf } from '../kernels/graph.js';
import { normals, type Random, uniforms } from '../random.js';
import { anyNumber, checkOptions, oneOf, positive, shown } from './options.js';
import { namedForm, type Plain } from './plain.js';

/** Fills a parameter of shape [fanIn, fanOut] with starting values. */
export interface Initializer {
  readonly name: string;
  /** What a file says of it; absent for a user's own. */
  readonly config?: Plain | undefined;
  fill(shape: Shape, random: Random): Float32Array;
}

/** What starting weights are drawn from. */
export type Distribution = 'uniform' | 'normal';

/** Uniform in [low, low + width). */
function drawUniform(shape: Shape, random: Random, low: number, width: number): Float32Array {
  const numbers = uniforms(random, sizeOf(shape));
  const values = new Float32Array(numbers.length);
  for (let i = 0; i < values.length; i++) values[i] = low + width * (numbers[i] as number);
  return values;
}

function drawNormal(shape: Shape, random: Random, mean: number, deviation: number): Float32Array {
  const numbers = normals(random, sizeOf(shape));
  const values = new Float32Array(numbers.length);
  for (let i = 0; i < values.length; i++) values[i] = mean + deviation * (numbers[i] as number);
  return values;
}

/** Uniform in [−limit, limit). */
function drawWithin(shape: Shape, random: Random, limit: number): Float32Array {
  const numbers = uniforms(random, sizeOf(shape));
  const values = new Float32Array(numbers.length);
  for (let i = 0; i < values.length; i++) values[i] = limit * (2 * (numbers[i] as number) - 1);
  return values;
}

/** Every value 0. */
export function zeros(options: object = {}): Initializer {
  checkOptions('zeros', options, {});
  return { name: 'zeros', config: 'zeros', fill: shape => new Float32Array(sizeOf(shape)) };
}

/** Uniform in [low, high); by default from −0.05 to 0.05. */
export function uniform(options: { readonly low?: number; readonly high?: number } = {}): Initializer {
  const { low = -0.05, high = 0.05 } = checkOptions('uniform', options, { low: anyNumber, high: anyNumber });
  if (!(low < high)) throw new InputError(`uniform: low must be below high, got ${low} and ${high}`);
  return {
    name: 'uniform',
    config: { uniform: { low, high } },
    fill: (shape, random) => drawUniform(shape, random, low, high - low),
  };
}

/** Normal with mean 0 and deviation 0.05, unless stated. */
export function normal(options: { readonly mean?: number; readonly deviation?: number } = {}): Initializer {
  const { mean = 0, deviation = 0.05 } = checkOptions('normal', options, { mean: anyNumber, deviation: positive });
  return {
    name: 'normal',
    config: { normal: { mean, deviation } },
    fill: (shape, random) => drawNormal(shape, random, mean, deviation),
  };
}

/** Variance `variance(fanIn, fanOut)`: normal, or uniform in ±√(3·variance). */
function scaled(
  name: string,
  distribution: Distribution,
  variance: (fanIn: number, fanOut: number) => number,
): Initializer {
  return {
    name,
    config: { [name]: { distribution } },
    fill(shape, random) {
      const deviation = Math.sqrt(variance(shape[0], shape[1]));
      const limit = Math.sqrt(3) * deviation;
      return distribution === 'normal' ? drawNormal(shape, random, 0, deviation) : drawWithin(shape, random, limit);
    },
  };
}

interface ScaledOptions {
  readonly distribution?: Distribution;
}

const checkScaled = (name: string, options: ScaledOptions): ScaledOptions =>
  checkOptions(name, options, { distribution: oneOf('uniform', 'normal') });

/** Variance 2 / (fanIn + fanOut), uniform unless stated: for sigmoid, tanh and linear layers (Glorot and Bengio, AISTATS 2010). */
export function glorot(options: ScaledOptions = {}): Initializer {
  const { distribution = 'uniform' } = checkScaled('glorot', options);
  return scaled('glorot', distribution, (fanIn, fanOut) => 2 / (fanIn + fanOut));
}

/** Variance 2 / fanIn, normal unless stated: for the relu family (He et al., ICCV 2015). */
export function he(options: ScaledOptions = {}): Initializer {
  const { distribution = 'normal' } = checkScaled('he', options);
  return scaled('he', distribution, fanIn => 2 / fanIn);
}

/** Variance 1 / fanIn, normal unless stated: for selu (LeCun et al., 1998; Klambauer et al., 2017). */
export function lecun(options: ScaledOptions = {}): Initializer {
  const { distribution = 'normal' } = checkScaled('lecun', options);
  return scaled('lecun', distribution, fanIn => 1 / fanIn);
}

/** The built-in initializers, as a file names them. */
export const initializersByName = { zeros, uniform, normal, glorot, he, lecun } as const;

/** A built-in initializer. */
export type InitializerName = keyof typeof initializersByName;

/**
 * From the form of a file, `"he"` or `{ "normal": { "deviation": 0.01 } }`; an initializer stays what it is.
 *
 * @throws InputError for an unknown name or a wrong option.
 */
export function toInitializer(form: Initializer | InitializerName | Plain): Initializer {
  if (typeof form === 'object' && form !== null && 'fill' in form && typeof form.fill === 'function')
    return form as Initializer;
  const named = namedForm(form);
  const names = Object.keys(initializersByName);
  if (named === undefined)
    throw new InputError(`an initializer must be one of ${names.join(', ')}, got ${shown(form)}`);
  if (!Object.hasOwn(initializersByName, named.name)) {
    throw new InputError(
      `no initializer "${named.name}"${didYouMean(named.name, names)}; there are ${names.join(', ')}`,
    );
  }
  return initializersByName[named.name as InitializerName](named.options as never);
}
