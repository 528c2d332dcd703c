// Runs the lines of scenarios/outcomes.md in a run folder: SQL in DuckDB, Python and R where they are installed. Where
// pandas or R has nothing that reads Parquet, the lines get the same tables as CSV that DuckDB made.
// Usage: node lines.mjs PAGE FOLDER
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

const [page, folder] = process.argv.slice(2).map(f => resolve(f));
const block = language => readFileSync(page, 'utf8').match(new RegExp('^```' + language + '\n([^]*?)^```$', 'm'))[1];
const dir = mkdtempSync(join(tmpdir(), 'tables-'));
for (const f of readdirSync(folder)) if (/\.(parquet|csv)$/.test(f)) cpSync(join(folder, f), join(dir, f));
process.chdir(dir);

const db = await (await DuckDBInstance.create()).connect();
const rows = async sql => (await db.runAndReadAll(sql)).getRows();
for (const sql of block('sql').split(';')) {
  if (!sql.trim()) continue;
  const found = await rows(sql);
  if (found.length === 0) throw new Error(`no row of: ${sql}`);
  console.log(found.slice(0, 3).map(r => r.join('  ')).join('\n'));
}

// Every accuracy in cells is the share of right decisions in outcomes, and CSV holds what Parquet does.
const wrong = await rows(`SELECT c.arm, c.perturbation, c.accuracy, o.accuracy FROM 'cells.parquet' c LEFT JOIN
  (SELECT arm, source, source_strength, source_images, perturbation, strength, value, avg("right"::INT) AS accuracy FROM 'outcomes.parquet' GROUP BY ALL) o
  ON o.arm = c.arm AND o.source IS NOT DISTINCT FROM c.source AND o.source_strength IS NOT DISTINCT FROM c.source_strength AND
  o.source_images IS NOT DISTINCT FROM c.source_images AND o.perturbation = c.perturbation AND o.strength = c.strength AND o.value = c.value
  WHERE c.seed IS NULL AND (o.accuracy IS NULL OR abs(o.accuracy - c.accuracy) > 1e-6)`);
if (wrong.length) throw new Error(`cells and outcomes differ: ${wrong[0].join('  ')}`);
for (const name of ['cells', 'arms', 'curves']) {
  const count = async f => Number((await rows(`SELECT count(*) FROM '${f}'`))[0][0]);
  if (await count(`${name}.csv`) !== await count(`${name}.parquet`)) throw new Error(`${name}: CSV and Parquet have other rows`);
}
console.log('every cell is the mean of its outcomes');
await db.run(`COPY 'outcomes.parquet' TO 'outcomes.csv'`);

const works = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
const python = '/usr/bin/python3';
if (works(python, ['-c', 'import pandas'])) {
  const parquet = works(python, ['-c', 'import pyarrow']) || works(python, ['-c', 'import fastparquet']);
  const stand = parquet ? '' : "import pandas as pd\npd.read_parquet = lambda f: pd.read_csv(f.replace('.parquet', '.csv'))\n";
  console.log(execFileSync(python, ['-c', stand + block('python')], { encoding: 'utf8' }));
  if (!parquet) console.log('pandas: read the CSV of DuckDB, since nothing that reads Parquet is installed');
} else console.log('skipped: pandas is not installed');
if (works('Rscript', ['--version'])) {
  const parquet = works('Rscript', ['-e', 'library(nanoparquet)']);
  const lines = parquet ? block('r') : "read_parquet <- function(f) transform(read.csv(sub('parquet$', 'csv', f)), right = right == 'true')\n" + block('r').replace(/^library.*$/m, '');
  console.log(execFileSync('Rscript', ['-e', lines], { encoding: 'utf8' }));
  if (!parquet) console.log('R: read the CSV of DuckDB, since nothing that reads Parquet is installed');
} else console.log('skipped: R is not installed');
