// Learning curves: lines from 0 to 1 over moments, with the pokes that may have bent them.
import {fit, ink} from './colours.js';

const most = 2048; // points that are kept; then every second one goes

export class Curves {
  constructor(points) {
    this.points = points;
    this.every = 1;
    this.seen = 0;
  }

  add(frame) {
    const {moment, phase, alignment, accuracy, accuracy_modified} = frame;
    if (alignment === null && accuracy === null || moment <= (this.points.at(-1)?.moment ?? 0)) return;
    if (this.seen++ % this.every) return;
    if (this.points.length >= most) {
      this.points = this.points.filter((_, i) => i % 2 === 0);
      this.every *= 2;
    }
    this.points.push({moment, phase, alignment, accuracy, accuracy_modified, baseline_modified: frame.baseline.accuracy_modified});
  }

  // draw paints some of the lines, each {key, colour, dash}, into a canvas.
  draw(canvas, lines, pokes) {
    const {context: c, width, height} = fit(canvas);
    const left = 34, right = 10, top = 8, bottom = 22;
    c.clearRect(0, 0, width, height);
    c.font = '12px system-ui, sans-serif';
    c.textBaseline = 'middle';
    const y = v => top + (1 - v) * (height - top - bottom);
    c.lineWidth = 1;
    for (const v of [0, .25, .5, .75, 1]) {
      c.strokeStyle = ink('rule');
      line(c, left, y(v), width - right, y(v));
      c.fillStyle = ink('soft');
      c.textAlign = 'right';
      if (v % .5 === 0) c.fillText(v.toFixed(1), left - 7, y(v));
    }
    const shown = this.points.filter(p => lines.some(l => p[l.key] != null));
    if (!shown.length) {
      c.textAlign = 'center';
      c.fillText('not measured yet', (left + width - right) / 2, y(.5) - 12);
      return;
    }
    const from = shown[0].moment, to = Math.max(shown.at(-1).moment, from + 20);
    const x = m => left + (m - from) / (to - from) * (width - left - right);
    c.textAlign = 'left';
    c.fillText(String(from), left, height - 9);
    c.textAlign = 'right';
    c.fillText(`moment ${to}`, width - right, height - 9);
    c.strokeStyle = ink('soft');
    c.setLineDash([2, 3]);
    for (const p of pokes) if (p.moment >= from && p.moment <= to) line(c, x(p.moment), top, x(p.moment), y(0));
    c.lineWidth = 2;
    c.lineJoin = 'round';
    for (const {key, colour, dash} of lines) {
      c.strokeStyle = ink(colour);
      c.setLineDash(dash);
      c.beginPath();
      let last = null;
      for (const p of shown) {
        if (p[key] == null) continue;
        // A line from one phase to another would say what nobody measured.
        if (last && last.phase === p.phase) c.lineTo(x(p.moment), y(p[key]));
        else c.moveTo(x(p.moment), y(p[key]));
        last = p;
      }
      c.stroke();
      c.setLineDash([]);
      c.fillStyle = ink(colour);
      if (last) {
        c.beginPath();
        c.arc(x(last.moment), y(last[key]), 3.5, 0, 2 * Math.PI);
        c.fill();
      }
    }
  }
}

function line(c, x1, y1, x2, y2) {
  c.beginPath();
  c.moveTo(x1, y1);
  c.lineTo(x2, y2);
  c.stroke();
}
