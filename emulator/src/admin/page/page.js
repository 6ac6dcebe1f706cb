const SECONDS = 60, ROWS = 30, MOST = 2000, POLL_MS = 1000;
const CATEGORIES = { identity: "Identity requests", other: "Other requests" };
const VERDICTS = ["admitted", "refused", "rejected", "faulted", "unreadable"];
/** What can be injected at a click, in the words of the configuration. */
const FAULTS = [
  ["Next 3: 410", { name: "next 3 are 410", effect: { status: 410 }, next: 3 }],
  ["Update: 410 for 70 s", { preset: "update" }],
  ["Restart: 404 for 20 s", { preset: "restart" }],
  ["Outage: 503 for 60 s", { name: "outage", effect: { status: 503 }, lasts: "60s" }],
  ["Slow: 2 s more", { name: "slow", effect: { latency: "2s" } }],
  ["Hang", { effect: "hang" }],
  ["Next: reset", { name: "next is reset", effect: "reset", next: 1 }],
];
/** The page is at the top for the first VM, and at vms/NAME/ for any. */
const HERE = location.pathname.match(/\/vms\/([^/]+)\/$/)?.[1];
const ROOT = HERE === undefined ? "" : "../../";
const byId = (id) => document.getElementById(id);

/** An element with a class, its text and its children. Text is never read as markup. */
function element(name, className, text, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

function drawn(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

async function ask(path, options) {
  const answer = await fetch(path, options);
  const text = await answer.text();
  const body = text && JSON.parse(text);
  if (answer.ok) return body;
  const problems = (body.problems ?? []).map((problem) => `${problem.path}: ${problem.message}`);
  throw new Error([body.error, ...problems].join("; "));
}

// --- What is known ------------------------------------------------------------------------------

const known = { next: 1, counted: 0, now: 0, rows: new Map(), seconds: new Map(), limits: null, tally: null, faults: [], stub: null };

function forget() {
  known.rows.clear();
  known.seconds.clear();
}

/** Requests of one second of one category, by verdict. */
function second(category, index) {
  const key = `${category} ${index}`;
  if (!known.seconds.has(key)) known.seconds.set(key, { index, admitted: 0, refused: 0, rejected: 0, faulted: 0, unreadable: 0 });
  return known.seconds.get(key);
}

function take(entries) {
  for (const entry of entries) {
    known.rows.set(entry.seq, entry);
    if (entry.seq <= known.counted || !entry.outcome.verdict) continue;
    second(entry.category, Math.floor(entry.at_ms / 1000))[entry.outcome.verdict] += 1;
  }
  const numbers = [...known.rows.keys()].sort((a, b) => b - a);
  for (const seq of numbers.slice(ROWS)) known.rows.delete(seq);
  const oldest = Math.floor(known.now / 1000) - SECONDS;
  for (const [key, { index }] of known.seconds) if (index < oldest) known.seconds.delete(key);
}

/** Unfinished requests that are shown are asked for again, so that their outcome is seen. */
async function look() {
  const unfinished = [...known.rows.values()].filter((row) => row.outcome.ended_at_ms === null);
  const since = Math.min(known.next, ...unfinished.map((row) => row.seq));
  const page = await ask(`journal?since=${since}&limit=${MOST}`);
  known.now = page.now_ms;
  take(page.entries);
  known.counted = page.entries.at(-1)?.seq ?? known.counted;
  // Who asks slower than requests come leaves some out rather than fall behind.
  if (page.next - known.counted > MOST) known.counted = page.next - ROWS - 1;
  known.next = known.counted + 1;
  const paths = ["tally", "limits", "faults", `${ROOT}resource_manager/tally`];
  [known.tally, known.limits, known.faults, known.stub] = await Promise.all(paths.map((path) => ask(path)));
}

// --- Setting ------------------------------------------------------------------------------------

const ALGORITHMS = ["sliding-window", "fixed-window", "token-bucket", "gcra"];
/** When the categories' rates are counted in different ways. */
const DIFFERS = "each its own";

let edited = false;
const form = byId("limits");

/** How the rates are counted. */
function algorithm() {
  const rates = Object.keys(CATEGORIES).map((category) => known.limits[category].rate).filter(Boolean);
  const [first = ALGORITHMS[0], ...others] = new Set(rates.map((rate) => rate.algorithm));
  return others.length ? DIFFERS : first;
}

function fillAlgorithms() {
  const chosen = algorithm();
  const offered = chosen === DIFFERS ? [DIFFERS, ...ALGORITHMS] : ALGORITHMS;
  const select = form.elements.algorithm;
  if (select.length !== offered.length) select.replaceChildren(...offered.map((name) => new Option(name)));
  if (document.activeElement !== select) select.value = chosen;
}

/** A rate counted in the chosen way. Its burst is that way's own. */
function counted(rate) {
  const chosen = form.elements.algorithm.value;
  if (chosen === DIFFERS || chosen === rate.algorithm) return rate;
  const { burst, ...others } = rate;
  return { ...others, algorithm: chosen };
}

/** The form shows the limits that hold, unless somebody is changing them. */
function fill() {
  if (edited) return;
  for (const category of Object.keys(CATEGORIES)) {
    const { rate, concurrent } = known.limits[category];
    form.elements[`${category}.rate`].value = rate ? rate.requests : "";
    form.elements[`${category}.concurrent`].value = concurrent || "";
    const window = rate ? rate.window : "1s";
    document.querySelector(`.unit[data-of=${category}]`).textContent = window === "1s" ? "a second" : `in ${window}`;
  }
  form.elements.queue.value = known.limits.queue ? known.limits.queue.most : "";
  form.elements.penalty.value = known.limits.penalty || "";
  form.elements.retry_after.value = known.limits.retry_after;
  fillAlgorithms();
}

function wanted() {
  const number = (name) => (form.elements[name].value === "" ? false : Number(form.elements[name].value));
  const limits = structuredClone(known.limits);
  for (const category of Object.keys(CATEGORIES)) {
    const requests = number(`${category}.rate`);
    const rate = limits[category].rate || { algorithm: ALGORITHMS[0], window: "1s" };
    limits[category].rate = requests !== false && { ...counted(rate), requests };
    limits[category].concurrent = number(`${category}.concurrent`);
  }
  const most = number("queue");
  limits.queue = most !== false && { rate_checked: "arrival", ...limits.queue, most };
  limits.penalty = form.elements.penalty.value.trim() || false;
  limits.retry_after = form.elements.retry_after.value;
  return limits;
}

function sayAt(id, text, wrong) {
  byId(id).textContent = text;
  byId(id).classList.toggle("wrong", wrong);
}
const say = (text, wrong = false) => sayAt("said", text, wrong);
const sayOfFaults = (text, wrong = false) => sayAt("fault-said", text, wrong);

async function change(path, method, body, done, tell = say) {
  try {
    const options = { method };
    if (body) Object.assign(options, { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
    await ask(path, options);
    if (tell === say) edited = false;
    tell(done);
    await look();
    draw();
  } catch (error) {
    tell(error.message, true);
  }
}

form.addEventListener("input", () => { edited = true; });
form.addEventListener("submit", (event) => {
  event.preventDefault();
  change("limits", "PUT", wanted(), "These limits hold now.");
});
byId("profile").addEventListener("click", () => change("limits", "PUT", {}, "The profile’s limits hold now."));
byId("unlimited").addEventListener("click", () => {
  const none = { rate: false, concurrent: false };
  change("limits", "PUT", { ...known.limits, identity: none, other: none }, "There are no limits now.");
});
byId("reset").addEventListener("click", () => {
  forget();
  change("reset", "POST", null, "Everything is as at the start.");
});

byId("inject").append(...FAULTS.map(([label, fault]) => {
  const inject = element("button", "", label);
  inject.type = "button";
  inject.addEventListener("click", () => change("faults", "POST", fault, `Injected: ${label}.`, sayOfFaults));
  return inject;
}));

// --- The loop -----------------------------------------------------------------------------------

async function loop() {
  try {
    await Promise.all([look(), chooseVm()]);
    draw();
    byId("state").textContent = "live";
  } catch (error) {
    byId("state").textContent = `not live: ${error.message}`;
  }
  setTimeout(loop, POLL_MS);
}

byId("stub-links").append(...[["journal", "all as JSON"], ["journal.har", "as HAR"], ["tally", "tally"]].flatMap(([path, text], index) => {
  const link = element("a", "", text);
  link.href = `${ROOT}resource_manager/${path}`;
  return index ? [" · ", link] : [link];
}));

// --- Which VM -----------------------------------------------------------------------------------

/** There is a choice of VM where there is more than one; it is left alone while somebody chooses. */
async function chooseVm() {
  const select = document.querySelector("#vms select");
  const { vms } = await ask(`${ROOT}vms`);
  const names = vms.map((vm) => vm.name);
  byId("vms").hidden = names.length < 2;
  if ([...select.options].map((option) => option.value).join() === names.join()) return;
  select.replaceChildren(...names.map((name) => new Option(name)));
  select.value = HERE ?? names[0];
}

document.querySelector("#vms select").addEventListener("change", (event) => {
  location.href = `${ROOT}vms/${event.target.value}/`;
});

async function begin() {
  try {
    const [version, config, page] = await Promise.all([ask("version"), ask("config"), ask("journal?limit=0")]);
    byId("stub").hidden = !config.resource_manager.enabled;
    byId("about").textContent = `${version.version} · profile ${config.profile} · IMDS at http://${config.listen}`;
    known.next = Math.max(1, page.next - MOST);
    known.counted = known.next - 1;
    loop();
  } catch (error) {
    byId("state").textContent = `not live: ${error.message}`;
    setTimeout(begin, POLL_MS);
  }
}
begin();
