// What tests in a real Chromium share.
'use strict';

// As root it does not start with its sandbox; all else keeps it from asking for other hosts.
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Runs in the page: the text that stands out least from what is behind it (WCAG's contrast ratio). */
function leastContrast() {
  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = channels(color).map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (channels(color)[3] !== 0) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const texts = [...document.querySelectorAll(
    'h1, h2, h3, p, span, strong, li, label, a, button, summary, dt, dd, th, td, code, pre, input, svg text',
  )].filter((element) => element.textContent || element.value);
  const measured = texts.map((element) => {
    const style = getComputedStyle(element);
    const ink = element instanceof SVGElement ? style.fill : style.color;
    return {
      text: (element.textContent || element.value).slice(0, 80),
      ratio: ratio(luminance(ink), luminance(behind(element))),
    };
  });
  return measured.sort((a, b) => a.ratio - b.ratio)[0];
}

module.exports = { FLAGS, leastContrast };
