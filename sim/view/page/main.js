// The page: it takes what the run sends, draws the latest of it, and passes on what the viewer does.
import {darkMode, drawLegend, ink, scale} from './colours.js';
import {Controls, describe, poke, send} from './controls.js';
import {Curves} from './curves.js';
import {Map, Sheet} from './sheet.js';

const $ = id => document.getElementById(id);
const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
const number = (v, digits = 3) => v.toFixed(digits).replace('-', '\u2212');
const phases = {
  features: ['Features', 'The units learn, without labels, what to respond to.'],
  responses: ['Responses', 'The units look at every picture once, without noise.'],
  baseline: ['Baseline', 'A readout learns to name the pictures without noise: the network that stands beside.'],
  noise: ['Noise', 'Pairs of glimpses, clean then modified: the units learn the shape of their noise from how they deviate together.'],
  readout: ['Readout', 'The readout learns to name the pictures while the noise is on.'],
  probe: ['Probe', 'Test pictures, clean and modified; nothing learns any more.'],
};

let layout, sheet, maps, controls, curves = new Curves([]), frame = null, pokes = [], dirty = false;
let chosen = null, held = false, correlations = null, couplings = null, asking = false, askedAt = 0;
let hub = null, ofHub = null; // the hub that is pointed at, and how strongly units hear it

// dequantise gives the value of a unit from its byte.
const value = (s, i) => s.lo + (s.hi - s.lo) * s.bytes[i] / 255;

function take(text) {
  const f = JSON.parse(text);
  for (const s of [f.activity, f.noise]) s.bytes = bytes(s.bytes);
  f.clean = bytes(f.clean);
  f.modified = bytes(f.modified);
  if (frame?.phase !== f.phase || f.silent.join() !== frame.silent.join()) askedAt = 0;
  frame = f;
  curves.add(f);
  if (f.phase === 'probe' && f.perturbation) controls.perturbed(f);
  stale();
}

// stale has the page drawn anew, once however often it is called before the screen is.
function stale() {
  if (dirty) return;
  dirty = true;
  requestAnimationFrame(() => {
    dirty = false;
    draw();
  });
}

// drawn is what the third map shows: who hears the hub under the pointer, or what the chosen unit hears, or what its noise
// goes with.
function drawn() {
  if (hub !== null) return ofHub;
  return !layout.hubs && document.querySelector('input[name=drawn]:checked').value === 'couplings' ? couplings : correlations;
}

// reach is the largest value that a scale shows: the next round number above those of others than the unit itself.
function reach(values, itself) {
  const most = values ? values.reduce((m, v, i) => i === itself ? m : Math.max(m, Math.abs(v)), 0) : 1;
  return [.01, .02, .05, .1, .2, .3, .5, .7].find(v => v >= most) ?? Math.max(1, Math.ceil(most));
}

// levels are bytes of a scale from -most to most.
const levels = (values, most) => values && Uint8Array.from(values, v => Math.round(127.5 + 127.5 * Math.max(-1, Math.min(1, v / most))));

function draw() {
  if (!layout) return;
  const silent = frame?.silent ?? [], shown = drawn(), most = reach(shown, hub === null ? chosen : null);
  maps.activity.draw(frame?.activity.bytes, silent, chosen);
  maps.noise.draw(frame?.noise.bytes, silent, chosen);
  maps.correlation.draw(levels(shown, most), silent, chosen);
  drawHubs();
  $('correlation-lo').textContent = `\u2212${most}`;
  $('correlation-hi').textContent = `+${most}`;
  const alignment = [{key: 'alignment', colour: 'good', dash: []}];
  const accuracy = [{key: 'accuracy', colour: 'good', dash: []}, {key: 'accuracy_modified', colour: 'line2', dash: [6, 4]}, {key: 'baseline_modified', colour: 'soft', dash: [2, 3]}];
  curves.draw($('alignment-curve'), alignment, pokes);
  curves.draw($('accuracy-curve'), accuracy, pokes);
  for (const [key, id] of [['alignment', 'alignment'], ['accuracy', 'accuracy'], ['accuracy_modified', 'accuracy-modified'], ['baseline_modified', 'baseline-modified']]) {
    const last = curves.points.findLast(p => p[key] != null);
    $(id).textContent = !last ? '\u2013' : key === 'alignment' ? number(last[key]) : number(100 * last[key], 1) + ' %';
  }
  $('alignment-curve').setAttribute('aria-label', `Alignment over moments, lately ${$('alignment').textContent}`);
  $('accuracy-curve').setAttribute('aria-label', `Accuracy over moments, lately ${$('accuracy').textContent} clean, ${$('accuracy-modified').textContent} modified, ${$('baseline-modified').textContent} modified and without noise`);
  drawUnit();
  if (!frame) return;
  $('moment').textContent = frame.moment;
  $('activity-lo').textContent = number(frame.activity.lo, 2);
  $('activity-hi').textContent = number(frame.activity.hi, 2);
  $('noise-hi').textContent = number(frame.noise.hi, 2);
  $('noise-mean').textContent = frame.power ? number(frame.power) : 'none yet';
  drawPhases();
  drawStimulus();
  look();
}

function drawPhases() {
  const names = Object.keys(phases), at = names.indexOf(frame.phase);
  [...$('phases').children].forEach((li, i) => {
    li.toggleAttribute('aria-current', i === at);
    if (i === at) li.setAttribute('aria-current', 'step');
    const bar = li.querySelector('progress');
    if (i !== at || frame.trials) bar.value = i < at ? 1 : i > at ? 0 : Math.min(1, frame.done / frame.trials);
    else bar.removeAttribute('value'), bar.value = 1; // it has no end
  });
  const done = frame.trials ? ` ${Math.min(frame.done, frame.trials)} of ${frame.trials} pictures.` : ` ${frame.done} pictures so far.`;
  $('phase-text').textContent = (phases[frame.phase]?.[1] ?? frame.phase) + done;
}

function picture(id, pixels) {
  const canvas = $(id), {width, height} = layout;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, {width, height});
  const context = canvas.getContext('2d');
  if (pixels.length !== width * height) {
    context.clearRect(0, 0, width, height);
    return;
  }
  const image = context.createImageData(width, height);
  pixels.forEach((v, i) => image.data.set([v, v, v, 255], 4 * i));
  context.putImageData(image, 0, 0);
}

function drawStimulus() {
  const shown = frame.phase !== 'responses', name = layout.names[frame.label] ?? `class ${frame.label}`;
  picture('clean', shown ? frame.clean : []);
  picture('modified', shown ? frame.modified : []);
  $('label').textContent = shown ? name : 'one of many';
  $('change').textContent = frame.modified.length && shown ? describe(frame) : shown ? 'no change is shown in this phase' : 'all pictures go by';
  ['clean', 'modified'].forEach((side, i) => {
    say1(side + '-seen', layout.arm, shown ? frame.decisions[i] : undefined);
    say1(side + '-baseline', 'no noise', shown ? frame.baseline.decisions?.[i] : undefined);
    $(side).setAttribute('aria-label', shown ? `The ${side} picture, ${name}` : `The ${side} picture: none`);
  });
}

// say1 tells what an arm took a picture for.
function say1(id, arm, decision) {
  const right = decision === frame.label, out = $(id);
  out.textContent = decision === undefined ? '' : `${arm}: ${right ? '\u2713' : '\u2717'} ${layout.names[decision] ?? decision}`;
  out.className = 'seen' + (decision === undefined ? '' : right ? ' right' : ' wrong');
}

// drawHubs colours the hubs by how strongly the chosen unit hears each.
function drawHubs() {
  if (!layout.hubs) return;
  const most = reach(couplings, null), bytes = levels(couplings, most), colours = scale('correlation');
  [...$('hubs').children].forEach((e, k) => {
    e.style.background = bytes ? colours[bytes[k]] : '';
    e.style.color = bytes && Math.abs(bytes[k] - 128) > 64 ? ink('paper') : '';
    e.setAttribute('aria-pressed', k === hub);
    e.setAttribute('aria-label', `hub ${k}${couplings ? `, coupling ${number(couplings[k], 3)}` : ''}`);
    e.title = e.getAttribute('aria-label');
  });
}

// point chooses a hub, or none, and asks who hears it.
async function point(k) {
  if (k === hub) return;
  hub = k;
  ofHub = null;
  stale();
  if (k === null) return;
  try {
    const answer = await fetch(`hubs/${k}`), values = answer.ok && (await answer.json()).couplings;
    if (k === hub) ofHub = values ? new Float32Array(bytes(values).buffer) : null;
  } catch { /* the line above says that the connection is lost */ }
  stale();
}

function drawUnit() {
  const silent = new Set(frame?.silent ?? []), none = chosen === null;
  $('restore').disabled = !silent.size || controls.state.over;
  $('silence-unit').disabled = $('silence-column').disabled = none || controls.state.over;
  const what = hub !== null ? ['Couplings to a hub', `of every unit to <strong>hub ${hub}</strong>`]
    : drawn() === couplings && couplings ? ['Noise couplings', `of <strong>unit ${chosen}</strong> to those it hears`]
      : ['Noise correlation', `of <strong>${none ? 'the unit under the pointer' : `unit ${chosen}`}</strong> with every other`];
  $('h-correlation').textContent = what[0];
  $('correlation-of').innerHTML = what[1];
  if (none) return;
  const column = sheet.column(chosen);
  $('unit-name').textContent = `Unit ${chosen}${held ? ', held' : ''}${silent.has(chosen) ? ', silent' : ''}`;
  $('unit-place').textContent = `number ${chosen % sheet.units} of column ${column}, ${column % sheet.columns + 1} across and ${Math.floor(column / sheet.columns) + 1} down`;
  $('silence-unit').textContent = silent.has(chosen) ? 'Restore unit' : 'Silence unit';
  $('silence-column').textContent = sheet.members(column).every(i => silent.has(i)) ? 'Restore column' : 'Silence column';
  if (frame) {
    $('unit-activity').textContent = number(value(frame.activity, chosen));
    $('unit-noise').textContent = number(value(frame.noise, chosen));
  }
  const best = sign => {
    if (!correlations) return '\u2013';
    let k = -1;
    correlations.forEach((v, i) => { if (i !== chosen && (k < 0 || sign * v > sign * correlations[k])) k = i; });
    return k < 0 || sign * correlations[k] <= 0 ? 'none' : `${correlations[k] > 0 ? '+' : '\u2212'}${number(Math.abs(correlations[k]), 2)} with unit ${k}`;
  };
  $('unit-alike').textContent = best(1);
  $('unit-opposite').textContent = best(-1);
}

// look asks for the correlations and couplings of the chosen unit: at once when it is another, twice a second while they change.
async function look() {
  if (chosen === null || asking || performance.now() - askedAt < 500) return;
  asking = true;
  askedAt = performance.now();
  const unit = chosen;
  try {
    const answer = await fetch(`units/${unit}`);
    if (answer.ok && unit === chosen) {
      const heard = await answer.json();
      [correlations, couplings] = [heard.correlations, heard.couplings].map(v => v && new Float32Array(bytes(v).buffer));
      maps.correlation.canvas.dataset.unit = correlations ? unit : '';
    }
  } catch { /* the line above says that the connection is lost */ }
  asking = false;
  if (unit !== chosen) look();
  stale();
}

function choose(unit) {
  if (unit === chosen) return;
  chosen = unit;
  correlations = couplings = null;
  askedAt = 0;
  stale();
  look();
}

function toggle(units) {
  if (layout.replay || controls.state.over) return;
  const silent = new Set(frame?.silent ?? []);
  poke({kind: units.every(i => silent.has(i)) ? 'restore' : 'silence', units});
}

function click() {
  if (chosen === null) return;
  const tool = layout.replay ? 'hold' : document.querySelector('input[name=tool]:checked').value;
  if (tool === 'hold') held = !held;
  else toggle(tool === 'unit' ? [chosen] : sheet.members(sheet.column(chosen)));
  stale();
}

function listen(id) {
  const box = $(id), canvas = box.firstElementChild;
  const under = e => {
    const r = canvas.getBoundingClientRect();
    return sheet.at((e.clientX - r.left) / r.width, (e.clientY - r.top) / r.height);
  };
  box.onpointermove = e => { if (!held) choose(under(e)); };
  box.onclick = e => {
    if (e.detail === 0) return; // made by a key, which is heard below
    const unit = under(e);
    if (held && unit !== chosen) choose(unit); // it holds the other
    else choose(unit), click();
  };
  box.onkeydown = e => {
    if (e.ctrlKey || e.altKey || e.metaKey) return;
    const moves = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}, move = moves[e.key];
    const keys = {
      s: () => chosen !== null && toggle([chosen]), c: () => chosen !== null && toggle(sheet.members(sheet.column(chosen))),
      Enter: click, ' ': () => controls.pause(), '.': () => send({action: 'step'}), Escape: () => { held = false; },
    };
    if (move) choose(chosen === null ? 0 : sheet.towards(chosen, ...move, e.shiftKey));
    else if (keys[e.key.length === 1 ? e.key.toLowerCase() : e.key]) keys[e.key.length === 1 ? e.key.toLowerCase() : e.key]();
    else return;
    e.preventDefault();
    stale();
    if (move) setTimeout(say, 250, chosen);
  };
  box.onfocus = () => { if (chosen === null && box.matches(':focus-visible')) choose(0); };
}

// say tells those who cannot see it about the unit that the keys have moved to.
function say(unit) {
  if (unit !== chosen) return;
  $('said').textContent = `${$('unit-name').textContent}, ${$('unit-place').textContent}: activity ${$('unit-activity').textContent}, ` +
    `noise power ${$('unit-noise').textContent}, most alike ${$('unit-alike').textContent}, most opposite ${$('unit-opposite').textContent}`;
}

function linked(text, kind) {
  $('link').textContent = text;
  $('link').className = 'link ' + kind;
}

function connect() {
  const source = new EventSource('events');
  const status = state => linked(state.waiting ? 'Held' : state.paused ? 'Paused' : `${layout.replay ? 'Replaying' : 'Running'}${state.viewers > 1 ? `, ${state.viewers} watch` : ''}`, 'good');
  source.addEventListener('history', e => { curves = new Curves(JSON.parse(e.data)); });
  source.addEventListener('frame', e => take(e.data));
  source.addEventListener('state', e => {
    const state = JSON.parse(e.data);
    pokes = state.pokes;
    controls.show(state);
    if (state.over) {
      source.close();
      linked(`The run is over, after ${state.moment} moments`, '');
    } else status(state);
    stale();
  });
  source.onerror = () => {
    linked('Connection lost, trying again', 'lost');
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  };
}

function legends() {
  for (const name of ['activity', 'noise', 'correlation']) {
    drawLegend($(name + '-scale'), name);
    maps[name].recolour();
  }
  stale();
}

async function begin() {
  try {
    layout = await (await fetch('layout')).json();
  } catch {
    linked('The run does not answer', 'lost');
    return;
  }
  $('scenario').textContent = layout.scenario;
  document.title = `${layout.scenario}: murmur, live`;
  $('what').textContent = `arm ${layout.arm}, seed ${layout.seed}, ${layout.columns ** 2 * layout.units} units in ${layout.columns} \u00d7 ${layout.columns} columns` + (layout.replay ? ', replayed' : layout.explored ? ', from a finished run' : '') + '; beside it the network without noise';
  document.body.classList.toggle('replay', layout.replay);
  document.body.classList.toggle('explored', layout.explored);
  for (const [name] of Object.values(phases)) {
    const li = document.createElement('li'), bar = document.createElement('progress');
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute('aria-label', name);
    li.append(name, bar);
    $('phases').append(li);
  }
  sheet = new Sheet(layout.columns, layout.units);
  maps = Object.fromEntries(['activity', 'noise', 'correlation'].map(name => [name, new Map($(name).firstElementChild, sheet, name)]));
  controls = new Controls(layout);
  for (const name of Object.keys(maps)) listen(name);
  $('heard').hidden = layout.hubs > 0;
  $('hubs-box').hidden = !layout.hubs;
  for (const input of document.querySelectorAll('input[name=drawn]')) input.onchange = stale;
  for (let k = 0; k < layout.hubs; k++) {
    const e = document.createElement('button');
    Object.assign(e, {type: 'button', textContent: k, onpointerenter: () => point(k), onfocus: () => point(k), onpointerleave: () => point(null), onblur: () => point(null)});
    $('hubs').append(e);
  }
  $('silence-unit').onclick = () => toggle([chosen]);
  $('silence-column').onclick = () => toggle(sheet.members(sheet.column(chosen)));
  $('restore').onclick = () => poke({kind: 'restore', units: frame.silent});
  darkMode.addEventListener('change', legends);
  addEventListener('resize', legends);
  legends();
  connect();
}

begin();
