// The sheet of units as a map: a square of columns, each a block of its units.
import {fit, ink, scale} from './colours.js';

// rowsOf packs the units of a column into rows of about as many, the longest in the middle: ten make 3, 4 and 3.
function rowsOf(units) {
  const rows = Math.max(1, Math.round(Math.sqrt(units))), list = Array(rows).fill(Math.floor(units / rows));
  const middle = list.map((_, i) => i).sort((a, b) => Math.abs(a - (rows - 1) / 2) - Math.abs(b - (rows - 1) / 2));
  for (let k = 0; k < units % rows; k++) list[middle[k]]++;
  return list;
}

// Sheet knows where the units are; lengths are in sides of the map.
export class Sheet {
  constructor(columns, units) {
    Object.assign(this, {columns, units, length: columns * columns * units, block: 1 / columns});
    const rows = rowsOf(units), pitch = this.block * .86 / Math.max(rows.length, ...rows);
    this.radius = pitch * .45;
    this.x = new Float32Array(this.length);
    this.y = new Float32Array(this.length);
    for (let c = 0, i = 0; c < columns * columns; c++) {
      const left = (c % columns + .5) * this.block, top = (Math.floor(c / columns) + .5) * this.block;
      rows.forEach((n, r) => {
        for (let k = 0; k < n; k++, i++) {
          this.x[i] = left + (k - (n - 1) / 2) * pitch;
          this.y[i] = top + (r - (rows.length - 1) / 2) * pitch;
        }
      });
    }
  }

  column(unit) { return Math.floor(unit / this.units); }

  members(column) { return Array.from({length: this.units}, (_, k) => column * this.units + k); }

  // at is the unit nearest to a place, within its column.
  at(x, y) {
    const cell = v => Math.min(this.columns - 1, Math.max(0, Math.floor(v * this.columns)));
    const distance = i => (this.x[i] - x) ** 2 + (this.y[i] - y) ** 2;
    return this.members(cell(y) * this.columns + cell(x)).reduce((best, i) => distance(i) < distance(best) ? i : best);
  }

  // towards is the nearest unit in a direction, by rows or columns of units or, if far, by columns of the sheet.
  towards(unit, dx, dy, far) {
    if (far) {
      const c = this.column(unit), x = c % this.columns + dx, y = Math.floor(c / this.columns) + dy;
      return x < 0 || y < 0 || x >= this.columns || y >= this.columns ? unit : (y * this.columns + x) * this.units + unit % this.units;
    }
    let best = unit, least = Infinity;
    for (let i = 0; i < this.length; i++) {
      const ahead = (this.x[i] - this.x[unit]) * dx + (this.y[i] - this.y[unit]) * dy;
      const aside = Math.abs((this.x[i] - this.x[unit]) * dy) + Math.abs((this.y[i] - this.y[unit]) * dx);
      if (ahead > this.radius * .5 && ahead + 3 * aside < least) [best, least] = [i, ahead + 3 * aside];
    }
    return best;
  }
}

// Map draws one value of each unit.
export class Map {
  constructor(canvas, sheet, name) { Object.assign(this, {canvas, sheet, name, dots: null}); }

  // prepare paints a dot of each colour once, so that a frame only copies dots.
  prepare() {
    const {width, ratio} = fit(this.canvas), size = Math.max(2, Math.ceil(2 * this.sheet.radius * width * ratio));
    if (this.dots?.size === size) return;
    const canvas = new OffscreenCanvas(size * 16, size * 16), context = canvas.getContext('2d');
    scale(this.name).forEach((colour, i) => {
      context.fillStyle = colour;
      context.beginPath();
      context.arc((i % 16 + .5) * size, (Math.floor(i / 16) + .5) * size, size / 2 - .25, 0, 2 * Math.PI);
      context.fill();
    });
    this.dots = {size, canvas};
  }

  // recolour forgets the dots, after the colours have changed.
  recolour() { this.dots = null; }

  // draw paints levels, bytes; null leaves the units blank. Silent units are crossed out; the chosen one and its column
  // are ringed.
  draw(levels, silent, chosen) {
    this.prepare();
    const {context, width, ratio} = fit(this.canvas), {size, canvas} = this.dots, s = this.sheet, r = s.radius * width;
    context.clearRect(0, 0, width, width);
    const box = column => [(column % s.columns + .03) * s.block * width, (Math.floor(column / s.columns) + .03) * s.block * width, s.block * .94 * width];
    context.setTransform(1, 0, 0, 1, 0, 0);
    const blank = this.name === 'correlation' ? 128 : 0;
    for (let i = 0; i < s.length; i++) {
      const level = levels ? levels[i] : blank;
      context.drawImage(canvas, level % 16 * size, (level >> 4) * size, size, size,
        Math.round(s.x[i] * width * ratio - size / 2), Math.round(s.y[i] * width * ratio - size / 2), size, size);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.strokeStyle = ink('ink');
    context.lineWidth = Math.max(1.2, r * .3);
    context.beginPath();
    for (const i of silent) {
      const x = s.x[i] * width, y = s.y[i] * width, d = r * .72;
      context.moveTo(x - d, y - d);
      context.lineTo(x + d, y + d);
      context.moveTo(x + d, y - d);
      context.lineTo(x - d, y + d);
    }
    context.stroke();
    if (chosen === null) return;
    const [left, top, side] = box(s.column(chosen));
    context.lineWidth = 1;
    context.strokeStyle = ink('soft');
    context.beginPath();
    context.roundRect(left, top, side, side, side * .12);
    context.stroke();
    context.lineWidth = 2;
    context.strokeStyle = ink('ink');
    context.beginPath();
    context.arc(s.x[chosen] * width, s.y[chosen] * width, r + 1.5, 0, 2 * Math.PI);
    context.stroke();
  }
}
