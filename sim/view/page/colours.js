// Colour scales: 256 colours each, for light and dark. Blue and orange keep apart under the common kinds of colour
// blindness, and the middle of the diverging scale is close to the paper.

const stops = {
  activity: {light: ['e8ecf1', 'a9cdec', '3d86c6', '07396b'], dark: ['272e38', '2c5d8c', '6db7ee', 'f0f9ff']},
  noise: {light: ['eeebe6', 'f0bf8c', 'c9681c', '5e2500'], dark: ['2e2b28', '8a4c19', 'ff9f5f', 'fff1e4']},
  correlation: {light: ['8f3300', 'e5a468', 'eceef1', '6aa9dc', '004a7c'], dark: ['ffb07d', 'a3592a', '272c34', '3b7db3', 'a6dbff']},
};

export const darkMode = matchMedia('(prefers-color-scheme: dark)');

const channel = (hex, k) => parseInt(hex.slice(2 * k, 2 * k + 2), 16);

// scale returns the 256 colours of a scale, as CSS colours, from the lowest value to the highest.
export function scale(name) {
  const list = stops[name][darkMode.matches ? 'dark' : 'light'];
  return Array.from({length: 256}, (_, i) => {
    const at = i / 255 * (list.length - 1), k = Math.min(Math.floor(at), list.length - 2);
    const mix = [0, 1, 2].map(c => Math.round(channel(list[k], c) + (at - k) * (channel(list[k + 1], c) - channel(list[k], c))));
    return `rgb(${mix.join(' ')})`;
  });
}

// ink is the value of a colour of the style sheet.
export const ink = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();

// fit makes a canvas as fine as the screen and returns its context, in CSS pixels, with its width and height.
export function fit(canvas) {
  const box = canvas.getBoundingClientRect(), ratio = devicePixelRatio || 1;
  const width = Math.max(1, Math.round(box.width * ratio)), height = Math.max(1, Math.round(box.height * ratio));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, {width, height});
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return {context, width: width / ratio, height: height / ratio, ratio};
}

// drawLegend paints a scale from left to right.
export function drawLegend(canvas, name) {
  const {context, width, height} = fit(canvas);
  scale(name).forEach((colour, i) => {
    context.fillStyle = colour;
    context.fillRect(i * width / 256, 0, width / 256 + 1, height);
  });
}
