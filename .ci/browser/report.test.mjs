// The report of a run in a real browser. RUN_FOLDER is the folder of a finished run, CHROMIUM the browser.
import assert from 'node:assert/strict';
import {mkdtemp, readFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {after, before, test} from 'node:test';
import {pathToFileURL} from 'node:url';
import axe from 'axe-core';
import {chromium} from 'playwright-core';

const {RUN_FOLDER, CHROMIUM = '/usr/bin/chromium'} = process.env;
const address = pathToFileURL(resolve(RUN_FOLDER, 'report.html')).href;
const result = JSON.parse(await readFile(join(RUN_FOLDER, 'result.json')));
const pictures = await mkdtemp(join(tmpdir(), 'murmur-report-'));
let browser;
const errors = [], requests = [];

// open opens the report in a page of its own.
async function open(options = {}) {
  const page = await browser.newPage({viewport: {width: 1280, height: 900}, ...options});
  page.on('console', m => { if (m.type() === 'error') errors.push(m.text()); });
  page.on('pageerror', e => errors.push(String(e)));
  page.on('request', r => { if (r.url() !== address && !r.url().startsWith('data:')) requests.push(r.url()); });
  await page.goto(address);
  return page;
}

before(async () => {
  browser = await chromium.launch({executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-quic', '--no-first-run']});
});

after(async () => {
  await browser?.close();
  console.log(`# screenshots in ${pictures}`);
});

test('the numbers on the page are those of result.json', async () => {
  const page = await open();
  const cells = await page.$$eval('[data-path]', list => list.map(e => ({path: e.dataset.path, scale: Number(e.dataset.scale ?? 1), text: e.textContent})));
  assert.ok(cells.length > 50, `only ${cells.length} numbers say where they come from`);
  let looked = 0;
  for (const {path, scale, text} of cells) {
    const value = path.split('.').reduce((v, key) => v?.[key], result);
    if (typeof value !== 'number') continue;
    const shown = text.replaceAll('\u2212', '-').match(/[-+]?[\d,]*\.?\d+/)?.[0].replaceAll(',', '');
    const digits = shown?.split('.')[1]?.length ?? 0;
    assert.ok(Math.abs(Number(shown) - scale * value) <= .5001 * 10 ** -digits, `${path}: the page shows ${text}, result.json has ${value}`);
    looked++;
  }
  assert.ok(looked > 50, `only ${looked} numbers were compared`);
  assert.ok((await page.textContent('main')).includes(result.summary.sentence));
  await page.screenshot({path: join(pictures, 'light.png'), fullPage: true});
});

test('without JavaScript the same tables and figures are there', async () => {
  const withScript = await open(), without = await open({javaScriptEnabled: false});
  for (const what of ['table', 'td', 'figure', 'svg', 'img']) {
    const n = await withScript.locator(what).count();
    assert.ok(n > 0, `no ${what}`);
    assert.equal(await without.locator(what).count(), n, what);
  }
  assert.equal(await without.locator('figure svg, figure img').first().isVisible(), true);
  assert.equal(await without.textContent('main'), await withScript.textContent('main'));
});

test('nothing serious against accessibility, light and dark', async () => {
  const page = await open();
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({colorScheme});
    await page.evaluate(axe.source);
    const {violations} = await page.evaluate(() => axe.run());
    assert.deepEqual(violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 200)).join(' ')}`), []);
    await page.screenshot({path: join(pictures, colorScheme + '.png'), fullPage: true});
  }
});

test('the first table fits, chapters fold, the page is short', async () => {
  const page = await open();
  const fits = await page.locator('.scroll').evaluateAll(list => list.filter(e => e.offsetParent).map(e => e.scrollWidth <= e.clientWidth));
  assert.ok(fits.length > 0 && fits[0], 'the first table is wider than the page');
  const before = await page.locator('.appendix').evaluate(e => e.getBoundingClientRect().top / 800);
  assert.ok(before <= 10, `${before} screens before the appendix`);
  await page.click('nav a[href="#checks"]');
  assert.equal(await page.locator('#checks').isVisible(), true, 'a link does not unfold its chapter');
});

test('a phone does not scroll sideways and keeps the arm in sight, paper shows all', async () => {
  const page = await open({viewport: {width: 390, height: 800}});
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  const [name, box] = await page.locator('.scroll').first().evaluate(e => {
    e.scrollLeft = 200;
    return [e.querySelector('tbody tr:not(.group) th').getBoundingClientRect().left, e.getBoundingClientRect().left];
  });
  assert.ok(Math.abs(name - box) < 2, `the arm's name is at ${name}, its table at ${box}`);
  await page.screenshot({path: join(pictures, 'phone.png'), fullPage: true});
  await page.emulateMedia({media: 'print'});
  assert.equal(await page.locator('#checks table').first().isVisible(), true, 'a folded chapter is not printed');
  await page.screenshot({path: join(pictures, 'print.png'), fullPage: true});
});

test('no error, no request', () => {
  assert.deepEqual(errors, []);
  assert.deepEqual(requests, []);
});
