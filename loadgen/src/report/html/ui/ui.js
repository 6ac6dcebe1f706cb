// What follows from the form changes with it; one answer is asked for at a time, and the last one is shown.
'use strict';

const form = document.getElementById('settings');
const results = document.getElementById('results');
const short = document.getElementById('short');
const add = document.getElementById('add');

// Which numbers have an effect, by what is chosen.
const NUMBERS = {
  starts: { spread: ['within_s'], even: ['each_ms'] },
  remedy: { gate: ['at_once', 'per_second'], spaced_starts: ['per_second'], retry: ['tries', 'delay_s'] },
};

let asking = false;
let changed = false;

function query() {
  return new URLSearchParams(new FormData(form)).toString();
}

/** Shows and sends the numbers that have an effect. */
function choose() {
  for (const [name, numbers] of Object.entries(NUMBERS)) {
    const chosen = numbers[form.elements[name].value] ?? [];
    for (const number of new Set(Object.values(numbers).flat())) {
      const setting = form.querySelector(`[data-for="${number}"]`);
      setting.hidden = !chosen.includes(number);
      for (const input of setting.querySelectorAll('input')) input.disabled = setting.hidden;
    }
  }
}

/** A number and its slider have the same value, as far as the slider goes. */
function follow(input) {
  const setting = input.closest('.setting');
  if (!setting) return;
  const [slider, number] = setting.querySelectorAll('input');
  if (input === slider) number.value = slider.value;
  else slider.value = number.value;
}

/** Tables that are open stay so. */
function show(text) {
  const open = [...results.querySelectorAll('details')].map((details) => details.open);
  results.innerHTML = text;
  results.querySelectorAll('details').forEach((details, place) => { details.open = open[place] ?? false; });
  short.textContent = results.querySelector('[data-short]')?.dataset.short ?? '';
}

function tell(problem) {
  const box = document.createElement('p');
  box.className = 'warning';
  box.setAttribute('role', 'alert');
  box.textContent = problem;
  results.replaceChildren(box);
  short.textContent = '';
}

async function play() {
  changed = true;
  if (asking) return;
  asking = true;
  results.setAttribute('aria-busy', 'true');
  while (changed) {
    changed = false;
    const asked = query();
    try {
      const answer = await fetch(`/results?${asked}`);
      const text = await answer.text();
      if (!changed) {
        show(text);
        if (answer.ok) history.replaceState(null, '', `/?${asked}`);
      }
    } catch {
      tell('imds-loadgen ui has ended: start it again, and change something.');
    }
  }
  asking = false;
  results.removeAttribute('aria-busy');
}

/** Names the rows, and lets the last one stay. */
function count() {
  const rows = form.querySelectorAll('.row');
  rows.forEach((row, place) => {
    row.setAttribute('aria-label', `jobs-${place + 1}`);
    row.querySelector('.remove').hidden = rows.length === 1;
  });
  add.hidden = rows.length >= Number(document.getElementById('jobs').dataset.most);
}

form.addEventListener('input', (event) => {
  follow(event.target);
  choose();
  play();
});

form.addEventListener('submit', (event) => {
  event.preventDefault();
  play();
});

form.addEventListener('click', (event) => {
  if (event.target === add) {
    const rows = form.querySelectorAll('.row');
    const last = rows[rows.length - 1];
    const row = last.cloneNode(true);
    row.querySelector('select').value = last.querySelector('select').value;
    last.after(row);
    row.querySelector('select').focus();
  } else if (event.target.classList.contains('remove')) {
    event.target.closest('.row').remove();
    add.focus();
  } else {
    return;
  }
  count();
  play();
});

// A form that a browser has filled in again is not what was played.
choose();
count();
if (new URLSearchParams(location.search).toString() !== query() && location.search) play();
