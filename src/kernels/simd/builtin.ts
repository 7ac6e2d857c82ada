/** A module of Node.js where there is one: for files that run in browsers too. */
export function builtin<T>(name: string): T | undefined {
  const { process } = globalThis as { process?: Partial<NodeJS.Process> };
  return process?.getBuiltinModule?.(name) as T | undefined;
}
