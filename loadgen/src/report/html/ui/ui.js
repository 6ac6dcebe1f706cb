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
  number.setAttribute('aria-invalid', 'false');
  if (input === slider) number.value = slider.value;
  else slider.value = number.value;
}

/** The answer in a line, which is there all the time, so that it is read out when it changes. */
function say(text) {
  if (short.textContent !== text) short.textContent = text;
}

const place = (details) => details.closest('[id]').id;
const links = () => [...results.querySelectorAll('a')];

/** Tables that are open stay so, and so does the focus of a link. */
function show(text) {
  const open = [...results.querySelectorAll('details[open]')].map(place);
  const focused = links().indexOf(document.activeElement);
  results.innerHTML = text;
  for (const details of results.querySelectorAll('details')) details.open = open.includes(place(details));
  if (focused >= 0) links()[focused]?.focus();
  say(results.querySelector('[data-short]').dataset.short);
}

async function ask(asked) {
  try {
    const answer = await fetch(`/results?${asked}`);
    return { text: await answer.text(), ok: answer.ok };
  } catch {
    return undefined;
  }
}

async function play() {
  changed = true;
  if (asking) return;
  asking = true;
  let played;
  while (changed) {
    changed = false;
    const asked = query();
    const answer = await ask(asked);
    if (!answer) {
      say('not played: imds-loadgen ui has ended. Start it again, and change something.');
      continue;
    }
    show(answer.text);
    if (answer.ok) played = asked;
  }
  // Browsers bound how often the address may change, so that it follows when the hand rests.
  if (played) history.replaceState(null, '', `/?${played}`);
  asking = false;
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
  const { validity, validationMessage, ariaLabel } = event.target;
  event.target.setAttribute('aria-invalid', String(!validity.valid));
  if (!validity.valid) {
    say(`not played: ${ariaLabel}: ${validationMessage}`);
    return;
  }
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
    count();
    add.focus();
  } else {
    return;
  }
  count();
  play();
});

choose();
count();
// A form that a browser has filled in again is not what was played. What was wrong is not played in another way.
const wrong = results.querySelector('.warning');
if (!wrong && location.search && new URLSearchParams(location.search).toString() !== query()) play();
