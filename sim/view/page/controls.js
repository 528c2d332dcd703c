// What a viewer can do: pace the run and poke it.

const $ = id => document.getElementById(id);

let sent = Promise.resolve();

// send asks the run for something, after all that was asked for before: a poke and a step must not overtake each other.
export function send(control) {
  sent = sent.then(() => post(control));
}

// post sends one command; what the run refuses is shown.
async function post(control) {
  try {
    const answer = await fetch('control', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(control)});
    $('refused').textContent = answer.ok ? '' : `Refused: ${(await answer.json()).error}`;
  } catch {
    $('refused').textContent = 'The run did not answer.';
  }
}

export const poke = p => send({action: 'poke', poke: p});

const number = v => String(+v.toPrecision(4));

// size is a value in its unit; "1" is the unit of what has none.
function size(value, unit) {
  const v = number(value);
  if (!unit || unit === '1') return v;
  if (unit === 'level' || unit === 'quality') return `${unit} ${v}`;
  return `${v} ${unit}${value === 1 ? '' : 's'}`;
}

// describe says what a perturbation is.
export function describe(p) {
  const name = p.perturbation.replaceAll('_', ' ');
  return `${name}, ${p.value === undefined ? `strength ${p.strength}` : size(p.value, p.unit)}`;
}

// Controls fills in what a layout offers and keeps the controls level with the state.
export class Controls {
  constructor(layout) {
    this.layout = layout;
    this.state = {paused: false, waiting: false, over: false};
    $('pause').onclick = () => this.pause();
    $('step').onclick = () => send({action: 'step'});
    for (const speed of layout.speeds) {
      const label = document.createElement('label'), input = document.createElement('input'), span = document.createElement('span');
      Object.assign(input, {type: 'radio', name: 'speed', value: speed, onchange: () => send({action: 'speed', speed})});
      span.textContent = speed || 'max';
      label.append(input, span);
      $('speeds').append(label);
    }
    layout.perturbations.forEach((p, i) => $('perturbation').add(new Option(describe(p), i)));
    $('perturbation').onchange = () => {
      const {perturbation, strength} = layout.perturbations[$('perturbation').value];
      poke({kind: 'perturb', perturbation, strength});
    };
    $('power').oninput = () => this.showPower();
    $('power').onchange = () => poke({kind: 'power', power: this.power()});
    this.showPower();
  }

  pause() {
    if (this.state.over) return;
    send({action: this.state.paused || this.state.waiting ? 'resume' : 'pause'});
  }

  power() { return +(this.layout.power * 2 ** $('power').value).toPrecision(3); }

  showPower() {
    const text = `${number(this.power())} (${number(2 ** $('power').value)} \u00d7 the scenario\u2019s)`;
    $('power-value').textContent = text;
    $('power').setAttribute('aria-valuetext', text);
  }

  // show follows the state of the run, which another viewer may have changed.
  show(state) {
    this.state = state;
    $('pause').textContent = state.paused || state.waiting ? 'Run' : 'Pause';
    for (const input of $('speeds').querySelectorAll('input')) input.checked = +input.value === state.speed;
    if (state.over) for (const e of document.querySelectorAll('.bar button, .bar select, .bar input, .unit button')) e.disabled = true;
    const of = kind => [...state.pokes, ...state.pending].findLast(p => p.kind === kind);
    const power = of('power'), perturb = of('perturb');
    if (power && document.activeElement !== $('power')) {
      $('power').value = Math.log2(power.power / this.layout.power);
      this.showPower();
    }
    if (perturb) this.perturbed(perturb);
    this.log(state);
  }

  // perturbed shows which perturbation the run is probed with.
  perturbed(p) {
    const i = this.layout.perturbations.findIndex(q => q.perturbation === p.perturbation && q.strength === p.strength);
    if (i >= 0 && document.activeElement !== $('perturbation')) $('perturbation').value = i;
  }

  log(state) {
    const item = (when, text) => {
      const li = document.createElement('li'), a = document.createElement('span'), b = document.createElement('span');
      a.textContent = when;
      b.textContent = text;
      li.append(a, b);
      return li;
    };
    const list = [...state.pending.map(p => item('next', this.say(p))).reverse(), ...state.pokes.map(p => item(p.moment, this.say(p))).reverse()];
    if (!list.length) {
      const li = document.createElement('li');
      li.className = 'none';
      li.textContent = this.layout.replay ? 'None yet: those of the recording come at their moments.' : 'None yet. What you do to the run is recorded here, with the moment before which it took effect.';
      list.push(li);
    }
    $('pokes').replaceChildren(...list);
    $('poke-count').textContent = state.total ? state.total : '';
  }

  // say tells what a poke did, in words.
  say(p) {
    if (p.kind === 'power') return `noise power ${number(p.power)}`;
    if (p.kind === 'perturb') return describe(this.layout.perturbations.find(q => q.perturbation === p.perturbation && q.strength === p.strength) ?? p);
    const {units} = this.layout, verb = p.kind === 'silence' ? 'silenced' : 'restored', first = Math.min(...p.units);
    if (p.units.length === 1) return `${verb} unit ${first}`;
    if (p.units.length === units && first % units === 0 && p.units.every(i => Math.floor(i / units) === first / units)) return `${verb} column ${first / units}`;
    return `${verb} ${p.units.length} units`;
  }
}
