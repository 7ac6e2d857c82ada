import { element } from '../element.js';

/** One choice of several, of which one is in force. */
export interface Segments {
  readonly element: HTMLFieldSetElement;
  readonly value: string;
  set(value: string): void;
}

/** Radio buttons side by side: `choices` are values with what is written on them. */
export function segments(
  name: string,
  label: string,
  choices: Readonly<Record<string, string>>,
  changed: (value: string) => void,
): Segments {
  const box = element('fieldset', { class: 'segments' }, element('legend', { class: 'visually-hidden' }, label));
  const inputs = Object.entries(choices).map(([value, text]) => {
    const input = element('input', { type: 'radio', name, value });
    input.addEventListener('change', () => changed(value));
    box.append(element('label', {}, input, element('span', {}, text)));
    return input;
  });
  const [first] = inputs;
  if (first !== undefined) first.checked = true;
  return {
    element: box,
    get value() {
      return inputs.find(({ checked }) => checked)?.value ?? '';
    },
    set(value) {
      for (const input of inputs) input.checked = input.value === value;
    },
  };
}
