import { hyperparameter } from '../../../src/cli/number.js';
import type { HParams, HParamValue, HyperparameterInfo } from '../../../src/tune/events.js';
import { element, setAttribute, setText } from '../element.js';
import type { Page } from '../page.js';
import { broken, exists, readSetting } from './clone-values.js';
import { labelled, openDialog } from './controls-dialog.js';
import { modelOf } from './controls-model.js';
import { sendFromForm } from './controls-send.js';

interface Entry {
  readonly info: HyperparameterInfo;
  readonly field: HTMLElement;
  readonly input: HTMLInputElement | HTMLSelectElement;
  readonly note: HTMLElement;
  readonly hint: string;
}

/**
 * A form with every hyperparameter of the space, to make a trial of: those of another trial, of which some are changed, or of none,
 * and then what is left empty is drawn. What is typed is checked at once, and the study's refusal is shown in its words.
 */
export function cloneDialog(page: Page, trial?: number): void {
  const study = modelOf(page)?.study;
  const { space = [], constraints = [] } = study?.study ?? {};
  const source = trial === undefined ? undefined : study?.trials.get(trial)?.hparams;
  // To see which options are numbers; the last ones do.
  const known = [...(study?.trials.values() ?? [])].slice(-200).map(({ hparams }) => hparams);
  const before = new Map(
    space.map(({ name }) => [name, source !== undefined && Object.hasOwn(source, name) ? String(source[name]) : '']),
  );
  const entries = space.map(info => entryOf(info, before.get(info.name) ?? '', trial !== undefined));
  const rules = constraints.map(text => element('li', {}, element('code', {}, text)));

  /** The values that are right, and whether one is wrong. */
  const read = () => {
    const texts = new Map(entries.map(({ info, input }) => [info.name, input.value]));
    const values: Record<string, HParamValue> = {};
    let wrong: Entry | undefined;
    for (const entry of entries) {
      const { info, field, input, note, hint } = entry;
      const there = exists(info, space, texts);
      field.hidden = there === false;
      if (there === false) {
        texts.delete(info.name);
        continue;
      }
      const setting = readSetting(info, input.value, known);
      const was = before.get(info.name) ?? '';
      const problem =
        'problem' in setting
          ? setting.problem
          : setting.value === undefined && was !== ''
            ? `expected a value; it was ${was}`
            : undefined;
      setAttribute(input, 'aria-invalid', problem === undefined ? undefined : 'true');
      setText(note, problem ?? hint);
      field.toggleAttribute('data-wrong', problem !== undefined);
      field.toggleAttribute('data-edited', trial !== undefined && input.value !== was);
      if (problem !== undefined) wrong ??= entry;
      else if ('value' in setting && setting.value !== undefined) values[info.name] = setting.value;
    }
    const unfulfilled = broken(constraints, space, values, known);
    for (const [i, rule] of rules.entries()) {
      rule.toggleAttribute('data-broken', unfulfilled.includes(constraints[i] as string));
    }
    return { values, wrong, unfulfilled };
  };
  for (const { input } of entries) {
    input.addEventListener('input', read);
    input.addEventListener('change', read);
  }

  openDialog({
    title: trial === undefined ? 'A new trial' : `A trial like #${trial}`,
    text: `It is started as soon as there is a place, before the sampler is asked. ${
      trial === undefined ? 'What you leave empty is drawn.' : 'Change what you like.'
    }`,
    content: [
      element('div', { class: 'fields' }, ...entries.map(({ field }) => field)),
      ...(rules.length === 0
        ? []
        : [
            element(
              'div',
              { class: 'rules' },
              element('h3', {}, 'It must hold that'),
              element('ul', { class: 'rules-list' }, ...rules),
            ),
          ]),
    ],
    action: 'Enqueue',
    async submit() {
      const { values, wrong, unfulfilled } = read();
      if (wrong !== undefined) {
        wrong.input.focus();
        return `${wrong.info.name}: ${wrong.note.textContent}`;
      }
      if (unfulfilled.length > 0) return `It does not hold that ${unfulfilled.join(', nor that ')}.`;
      const changed: HParams =
        source === undefined
          ? values
          : Object.fromEntries(
              Object.entries(values).filter(([name, value]) => !Object.hasOwn(source, name) || source[name] !== value),
            );
      return sendFromForm(
        page,
        trial === undefined ? { type: 'enqueue', hparams: changed } : { type: 'clone-trial', trial, hparams: changed },
      );
    },
  });
  read();
}

function entryOf(info: HyperparameterInfo, value: string, clone: boolean): Entry {
  const empty = element('option', { value: '' }, clone ? 'drawn, if it exists' : 'drawn');
  let input: HTMLInputElement | HTMLSelectElement;
  if ('options' in info) {
    input = element(
      'select',
      {},
      ...(value === '' ? [empty] : []),
      ...info.options.map(option => element('option', { value: option, selected: option === value }, option)),
    );
  } else {
    input = element('input', {
      type: 'text',
      inputmode: info.kind === 'int' ? 'numeric' : 'decimal',
      value,
      placeholder: 'drawn',
      autocomplete: 'off',
      spellcheck: 'false',
    });
  }
  const hint = hintOf(info);
  const field = labelled(info.name, input, hint);
  return { info, field, input, note: field.lastElementChild as HTMLElement, hint };
}

function hintOf(info: HyperparameterInfo): string {
  const where = info.condition === undefined ? '' : `, if ${info.condition}`;
  if ('options' in info) return `${info.kind === 'ordinal' ? 'ordered: ' : ''}${info.options.length} options${where}`;
  const { kind, low, high, log, step } = info;
  const range = `${kind === 'int' ? 'whole number ' : ''}${hyperparameter(low)} to ${hyperparameter(high)}`;
  return `${range}${step === undefined ? '' : ` by ${hyperparameter(step)}`}${log ? ', log' : ''}${where}`;
}
