/** Moves the slider's pictures. What it shows it sets as text and as numbers, never as markup. */
export const pageScript: string = `'use strict';
(function () {
  const data = JSON.parse(document.getElementById('data').textContent);
  const by = (id) => document.getElementById(id);
  const slider = by('slider');
  const radius = 19;
  const { left, right, top, bottom } = data.panel;
  const heads = Array.from(document.querySelectorAll('.panel'), (panel) => {
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    line.setAttribute('class', 'now-line');
    line.setAttribute('d', 'M0 ' + (top - 4) + 'V' + bottom);
    panel.append(line);
    return line;
  });
  const bottoms = data.scales.map((_scale, place) => {
    const tank = by('tank-' + place);
    return Number(tank.getAttribute('y')) + Number(tank.getAttribute('height'));
  });
  let lit = [];
  function show() {
    const number = Number(slider.value);
    const step = data.steps[number];
    if (step === undefined) return;
    const text = (place) => (place < 0 ? '' : data.texts[place]);
    step.held.forEach((bytes, place) => {
      const tank = by('tank-' + place);
      const height = Math.min(1, bytes / data.scales[place]) * radius * 2;
      tank.setAttribute('y', bottoms[place] - height);
      tank.setAttribute('height', height);
      const limit = data.limits[place];
      const kind = limit === null ? 'held' : bytes > limit ? 'over' : 'tank';
      tank.setAttribute('class', kind);
      by('held-' + place).textContent = text(step.heldTexts[place]);
    });
    heads.forEach((line) => {
      const x = left + step.share * (right - left);
      line.setAttribute('transform', 'translate(' + x + ' 0)');
    });
    lit.forEach((element) => element.classList.remove('now'));
    lit = [by('flow-' + step.from + '-' + step.to), by('node-' + step.from), by('node-' + step.to)];
    lit = lit.filter((element) => element !== null);
    lit.forEach((element) => element.classList.add('now'));
    data.scales.forEach((_scale, place) => {
      by('node-' + place).classList.toggle('off', step.down.includes(place));
    });
    by('count').textContent = text(step.label);
    by('did').textContent = text(step.did);
    by('command').textContent = text(step.command);
    by('command-row').hidden = step.command < 0;
    by('why').textContent = text(step.why);
    by('why-row').hidden = step.why < 0;
    slider.setAttribute('aria-valuetext', text(step.label) + ': ' + text(step.did));
    by('back').disabled = number === 0;
    by('on').disabled = number === data.steps.length - 1;
  }
  function move(by) {
    slider.value = String(Number(slider.value) + by);
    show();
  }
  slider.max = String(data.steps.length - 1);
  slider.value = location.hash === '' ? slider.max : location.hash.slice(1);
  slider.addEventListener('input', show);
  by('back').addEventListener('click', () => move(-1));
  by('on').addEventListener('click', () => move(1));
  by('player').hidden = data.steps.length < 2;
  show();
})();
`;
