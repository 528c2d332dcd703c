// The live view in a real browser. MURMUR is the program, SCENARIO a scenario file, CHROMIUM the browser.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {mkdtemp, readFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import axe from 'axe-core';
import {chromium} from 'playwright-core';

const {MURMUR, SCENARIO, CHROMIUM = '/usr/bin/chromium'} = process.env;
const folder = await mkdtemp(join(tmpdir(), 'murmur-view-'));
const shot = name => ({path: join(folder, name + '.png'), fullPage: true});
let browser, page, run, address;
const errors = [], strangers = [];

// start runs the program and resolves with the address it prints.
function start(...args) {
  const child = spawn(MURMUR, ['view', ...args]);
  child.text = '';
  child.ended = new Promise(resolve => child.on('exit', resolve));
  const found = new Promise((resolve, reject) => {
    child.stdout.on('data', data => {
      child.text += data;
      const match = child.text.match(/http:\S+/);
      if (match) resolve(match[0]);
    });
    child.ended.then(code => reject(new Error(`ended with ${code}: ${child.text}`)));
  });
  child.stderr.on('data', data => { child.text += data; });
  return {child, found};
}

before(async () => {
  const {child, found} = start(SCENARIO, '--set', 'size=small', '--speed', '0', '--out', join(folder, 'run'));
  run = child;
  address = await found;
  browser = await chromium.launch({executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-quic', '--no-first-run']});
  page = await browser.newPage({viewport: {width: 1280, height: 900}});
  page.on('console', m => { if (m.type() === 'error') errors.push(m.text()); });
  page.on('pageerror', e => errors.push(String(e)));
  page.on('request', r => { if (new URL(r.url()).host !== new URL(address).host) strangers.push(r.url()); });
  await page.goto(address);
});

after(async () => {
  await browser?.close();
  run?.kill('SIGKILL');
  console.log(`# screenshots in ${folder}`);
});

const text = id => page.locator('#' + id).textContent();
const moment = async () => Number(await text('moment'));
const until = (f, arg) => page.waitForFunction(f, arg, {timeout: 60000});

test('frames come, through all phases to the probe', async () => {
  await until(() => Number(document.getElementById('moment').textContent) > 0);
  await until(() => /%/.test(document.getElementById('accuracy-modified').textContent));
  assert.match(await text('phase-text'), /Test pictures/);
  assert.equal(await page.locator('#label').textContent().then(s => s.length > 0), true);
  await until(() => /%/.test(document.getElementById('baseline-modified').textContent));
  const [noisy, none] = await Promise.all(['accuracy-modified', 'baseline-modified'].map(id => text(id).then(parseFloat)));
  assert.ok(noisy > none + 10, `under the change ${noisy} with noise and ${none} without: the gain is not to be seen`);
  assert.match(await text('modified-baseline'), /^no noise: /);
  await page.screenshot(shot('probe'));
});

test('a unit under the pointer shows its correlations', async () => {
  const box = await page.locator('#noise canvas').boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await until(() => document.querySelector('#correlation canvas').dataset.unit > '' && /unit \d/.test(document.getElementById('unit-alike').textContent));
  assert.match(await text('unit-name'), /^Unit \d+/);
  assert.match(await text('what'), /gha hubs=16/);
  const hubs = page.locator('#hubs button');
  assert.equal(await hubs.count(), 16);
  assert.match(await hubs.nth(5).getAttribute('aria-label'), /coupling/);
  await hubs.nth(5).hover();
  await until(() => document.getElementById('h-correlation').textContent === 'Couplings to a hub');
  await page.screenshot(shot('hover'));
});

test('pause stops it, a step is one moment', async () => {
  await page.click('#pause');
  await until(() => document.getElementById('pause').textContent === 'Run');
  await page.waitForTimeout(300);
  const stopped = await moment();
  await page.waitForTimeout(300);
  assert.equal(await moment(), stopped);
  await page.click('#step');
  await until(m => Number(document.getElementById('moment').textContent) === m + 1, stopped);
});

test('the keys alone lead to a unit and pace the run', async () => {
  await page.locator('#activity').focus();
  const before = await text('unit-name');
  await page.keyboard.press('Shift+ArrowLeft');
  await until(name => document.getElementById('unit-name').textContent !== name, before);
  const now = await moment();
  await page.keyboard.press('.');
  await until(m => Number(document.getElementById('moment').textContent) === m + 1, now);
  await until(() => document.getElementById('said').textContent.startsWith(document.getElementById('unit-name').textContent));
});

test('a silenced column is silent', async () => {
  await page.locator('#activity').focus();
  await page.keyboard.press('c');
  await page.click('#step');
  await until(() => document.getElementById('poke-count').textContent === '1');
  assert.match(await text('pokes'), /silenced column \d+/);
  await page.click('#step');
  await until(() => !document.getElementById('restore').disabled);
  await until(() => document.getElementById('unit-activity').textContent === '0.000');
  assert.match(await text('unit-name'), /silent/);
  await page.screenshot(shot('silenced'));
});

test('the perturbation and the power can be changed', async () => {
  const options = await page.locator('#perturbation option').count();
  await page.selectOption('#perturbation', String(options - 1));
  await page.locator('#power').focus();
  await page.keyboard.press('ArrowRight');
  await page.click('#pause'); // runs again
  await until(() => document.getElementById('poke-count').textContent === '3');
});

test('nothing serious against accessibility, light and dark', async () => {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({colorScheme});
    await page.waitForTimeout(300);
    await page.evaluate(axe.source);
    const {violations} = await page.evaluate(() => axe.run());
    assert.deepEqual(violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => `${v.id}: ${v.nodes.map(n => n.html).join(' ')}`), []);
    await page.screenshot(shot(colorScheme));
  }
  await page.setViewportSize({width: 800, height: 900});
  await page.screenshot(shot('narrow'));
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, 'it scrolls sideways at 800 pixels');
});

test('a finished run is looked at without being run again', async () => {
  const other = start(process.env.RUN_FOLDER, '--speed', '0'), second = await browser.newPage();
  await second.goto(await other.found);
  await second.waitForFunction(() => /%/.test(document.getElementById('baseline-modified').textContent), null, {timeout: 60000});
  assert.match(await second.locator('#what').textContent(), /from a finished run/);
  await second.screenshot(shot('explored'));
  await second.close();
  other.child.kill('SIGINT');
  assert.equal(await other.child.ended, 0, other.child.text);
});

test('nobody without the token, nobody under another name', async () => {
  const {port} = new URL(address);
  assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 403);
  assert.equal((await fetch(`http://127.0.0.1:${port}/wrong/layout`)).status, 403);
  const refused = await fetch(address + 'control', {method: 'POST', headers: {'Content-Type': 'application/json', Origin: 'http://example.org', 'Sec-Fetch-Site': 'cross-site'}, body: '{"action": "pause"}'});
  assert.equal(refused.status, 403);
});

test('a page says when its run is lost', async () => {
  const other = start(SCENARIO, '--set', 'size=small'), second = await browser.newPage();
  await second.goto(await other.found);
  await second.waitForFunction(() => Number(document.getElementById('moment').textContent) > 0);
  other.child.kill('SIGKILL');
  await second.waitForFunction(() => document.getElementById('link').textContent.startsWith('Connection lost'));
  await second.close();
});

test('no error, no request off the machine', () => {
  assert.deepEqual(errors, []);
  assert.deepEqual(strangers, []);
});

test('the poked run can be lived again', async () => {
  run.kill('SIGINT');
  assert.equal(await run.ended, 0, run.text);
  await until(() => /^The run is over/.test(document.getElementById('link').textContent) && document.getElementById('pause').disabled);
  const recording = JSON.parse(await readFile(join(folder, 'run', 'recording.json')));
  assert.deepEqual(recording.pokes.map(p => p.kind).sort(), ['perturb', 'power', 'silence']);
  const {units} = recording.pokes.find(p => p.kind === 'silence');
  assert.ok(units.length > 1 && units.every((u, i) => u === units[0] + i && u >= 0), `silenced ${units}`);
  const {child} = start(join(folder, 'run'));
  assert.equal(await child.ended, 0, child.text);
  assert.match(child.text, /bit for bit/);
});
