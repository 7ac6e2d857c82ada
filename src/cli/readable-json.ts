/** A JSON value as people write it: what fits on a line of `width` columns stands on one. */
export function readableJson(value: unknown, width = 110, indent = '', before = 0): string {
  const line = oneLine(value);
  if (indent.length + before + line.length <= width || typeof value !== 'object' || value === null) return line;
  const inside = `${indent}  `;
  const items = Array.isArray(value)
    ? value.map(item => readableJson(item, width, inside))
    : Object.entries(value).map(([key, item]) => {
        const name = `${JSON.stringify(key)}: `;
        return `${name}${readableJson(item, width, inside, name.length)}`;
      });
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${items.map(item => inside + item).join(',\n')}\n${indent}${close}`;
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${oneLine(item)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
